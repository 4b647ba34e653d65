// Pure: German for the sentences about apps that sign people in: settings and refusals of the provider.

export const appSentences: Readonly<Record<string, string>> = {
  'DPoP proofs need a nonce': 'DPoP-Beweise brauchen eine Nonce',
  'Proofs that bind tokens to a key must hold a value made here a moment ago; not every app knows how.':
    'Beweise, die Token an einen Schlüssel binden, müssen einen Wert enthalten, der hier eben gemacht wurde; nicht jede App kann das.',
  'Apps described at their own address': 'Apps, die an ihrer eigenen Adresse beschrieben sind',
  'Addresses, with wildcards, of client id metadata documents: apps whose id is such an address need no registration.':
    'Adressen von Client-ID-Metadatendokumenten, auch mit Platzhaltern: Apps, deren Kennung so eine Adresse ist, brauchen keine Registrierung.',
  'Apps may register themselves': 'Apps dürfen sich selbst registrieren',
  'Dynamic client registration, for whoever holds the initial token.':
    'Dynamische Registrierung, für alle, die das Anfangstoken haben.',
  'Initial token for registration': 'Anfangstoken für die Registrierung',
  'Apps present it when they register themselves; at least 16 characters. Without it nobody registers.':
    'Apps zeigen es, wenn sie sich registrieren; mindestens 16 Zeichen. Ohne es registriert sich niemand.',
  'Token exchange': 'Token-Tausch',
  'Apps may exchange a token of theirs for one that is good for an API (RFC 8693).':
    'Apps dürfen ein Token gegen eines tauschen, das für eine API gilt (RFC 8693).',
  'Signing algorithm': 'Signaturverfahren',
  'Signs the tokens of apps that ask for nothing else. Keys of ES256 and RS256 are always published.':
    'Signiert die Token der Apps, die nichts anderes verlangen. Schlüssel für ES256 und RS256 sind immer veröffentlicht.',
  'There is no such app.': 'Diese App gibt es nicht.',
  'This sign-in request has run out or was already finished. Go back to the app and start again.':
    'Diese Anmeldung ist abgelaufen oder schon beendet. Gehen Sie zurück zur App und beginnen Sie neu.',
  'This step is not the next one of this sign-in request.': 'Dieser Schritt ist bei dieser Anmeldung nicht an der Reihe.',
  'You have not given this app access yet.': 'Sie haben dieser App noch keinen Zugriff gegeben.',
  'You are not allowed to use this app. Ask your administrator.':
    'Sie dürfen diese App nicht benutzen. Fragen Sie Ihre Verwaltung.',
  'The callback address of this request is not registered for the app.':
    'Die Rücksprungadresse dieser Anfrage ist für die App nicht eingetragen.',
  'The address to go to after signing out is not registered for the app.':
    'Die Adresse nach der Abmeldung ist für die App nicht eingetragen.',
  'The client id does not match.': 'Die Client-ID passt nicht.',
  'This code has run out. Start again on the device.': 'Dieser Code ist abgelaufen. Beginnen Sie am Gerät neu.',
  'This code is not valid. Compare it with what the device shows.':
    'Dieser Code gilt nicht. Vergleichen Sie ihn mit dem, was das Gerät zeigt.',
  'There is an app with this id already.': 'Eine App mit dieser Kennung gibt es schon.',
  'The document that describes this app cannot be used.': 'Das Dokument, das diese App beschreibt, ist nicht brauchbar.',
  'The logo could not be downloaded.': 'Das Logo ließ sich nicht herunterladen.',
  'A logo must be a PNG, JPEG, WebP, AVIF, GIF or SVG image.':
    'Ein Logo muss ein PNG-, JPEG-, WebP-, AVIF-, GIF- oder SVG-Bild sein.',
  'A logo may have at most 2 MB.': 'Ein Logo darf höchstens 2 MB haben.',
  'The app sent no callback address (redirect_uri).': 'Die App hat keine Rücksprungadresse (redirect_uri) gesendet.',
  'The app sent a request that is too large, names a parameter twice, or holds the character NUL.':
    'Die Anfrage der App ist zu groß, nennt einen Parameter zweimal oder enthält das Zeichen NUL.',
  'The request that the app prepared has run out or was already answered. Go back to the app and start again.':
    'Die vorbereitete Anfrage der App ist abgelaufen oder schon beantwortet. Gehen Sie zurück zur App und beginnen Sie neu.',
  'The request is not signed by the app it names.': 'Die Anfrage ist nicht von der App signiert, die sie nennt.',
  'Touch your passkey once more.': 'Bestätigen Sie noch einmal mit Ihrem Passkey.',
  'The app sent a request that cannot be answered.': 'Die App hat eine Anfrage gesendet, die nicht beantwortet werden kann.',
  'Callback URL sent': 'Gesendete Rücksprungadresse',
  'Callback URLs allowed': 'Erlaubte Rücksprungadressen',
  'You have no such API key.': 'Diesen API-Schlüssel haben Sie nicht.',
  'This API key has not run out yet. Make another one, or remove it first.':
    'Dieser API-Schlüssel ist noch nicht abgelaufen. Machen Sie einen anderen, oder entfernen Sie ihn zuerst.',
  'The end of an API key must lie ahead.': 'Das Ende eines API-Schlüssels muss in der Zukunft liegen.',
  'There is no such directory.': 'Dieses Verzeichnis gibt es nicht.',
  'API keys': 'API-Schlüssel',
  APIs: 'APIs',
  'There is no such API.': 'Diese API gibt es nicht.',
  'A SCIM server stays with its app.': 'Ein SCIM-Server bleibt bei seiner App.',
  'This app has no SCIM server.': 'Diese App hat keinen SCIM-Server.',
  'The app could not be told of everything.': 'Der App ließ sich nicht alles mitteilen.',
  'The app is being told right now. Try again in a moment.':
    'Der App wird gerade mitgeteilt. Versuchen Sie es gleich noch einmal.',
  'Nobody would be left at the app, so nothing was removed there. Remove the address if that is meant.':
    'In der App bliebe niemand übrig, darum wurde dort nichts entfernt. Entfernen Sie die Adresse, wenn das gewollt ist.',
  'Must be an address such as https://app.example.org/scim/v2, without user name, query and fragment.':
    'Muss eine Adresse sein wie https://app.example.org/scim/v2, ohne Benutzername, Abfrage und Fragment.',
  'Must be ASCII without blanks.': 'Muss aus ASCII-Zeichen ohne Leerzeichen bestehen.',
  'Must be an absolute address or URN without a fragment, such as https://api.example.org.':
    'Muss eine vollständige Adresse oder URN ohne Fragment sein, etwa https://api.example.org.',
  'Is this server itself; name the API by an address of its own.':
    'Ist dieser Server selbst; geben Sie der API eine eigene Adresse.',
  'Must be printable ASCII without blanks, quotes and backslashes.':
    'Muss aus druckbaren ASCII-Zeichen ohne Leerzeichen, Anführungszeichen und Rückstriche bestehen.',
  'Audit log': 'Protokoll',
  'My activity': 'Meine Aktivität',
}
