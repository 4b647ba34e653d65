// Pure: German for the sentences about signing in with another device, and about the instance's own pictures.

export const deviceSentences: Readonly<Record<string, string>> = {
  'Sign-in with another device': 'Anmeldung mit einem anderen Gerät',
  'A device without a passkey shows a QR code; somebody who is signed in on another one looks at where it is and lets it in.':
    'Ein Gerät ohne Passkey zeigt einen QR-Code; wer auf einem anderen angemeldet ist, sieht, wo es ist, und lässt es zu.',
  'This sign-in request is not valid, was already used, or has run out. Start again on the device that wants to sign in.':
    'Diese Anmeldeanfrage ist ungültig, schon benutzt oder abgelaufen. Beginnen Sie noch einmal auf dem Gerät, das sich anmelden will.',
  'The sign-in was turned down on the other device.': 'Die Anmeldung wurde auf dem anderen Gerät abgewiesen.',
  'Must be default, or a colour such as #4f46e5 or oklch(.55 .2 277).':
    'Muss default sein oder eine Farbe wie #4f46e5 oder oklch(.55 .2 277).',
  'This kind of file is not supported here. Use an SVG, PNG, JPEG or WebP picture.':
    'Diese Art Datei geht hier nicht. Nehmen Sie ein SVG-, PNG-, JPEG- oder WebP-Bild.',
  'This kind of file is not supported here. Use an SVG, ICO, PNG, JPEG or WebP picture.':
    'Diese Art Datei geht hier nicht. Nehmen Sie ein SVG-, ICO-, PNG-, JPEG- oder WebP-Bild.',
  'This kind of file is not supported here. Use a PNG, JPEG or WebP picture.':
    'Diese Art Datei geht hier nicht. Nehmen Sie ein PNG-, JPEG- oder WebP-Bild.',
  'This drawing cannot be used: it has more than 512 kB.': 'Diese Zeichnung geht nicht: Sie hat mehr als 512 kB.',
}
