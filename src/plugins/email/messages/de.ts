// Pure: what letters say, in German.
import type { LetterWords } from './messages.ts'

export const de: LetterWords = {
  hello: (name) => (name === '' ? 'Guten Tag,' : `Guten Tag ${name},`),
  footer: (app, address) => `Gesendet von ${app}, ${address}, weil Sie dort ein Konto haben.`,
  test: {
    subject: (app) => `Testbrief von ${app}`,
    title: 'Es geht',
    text: (app) => `${app} kann Briefe verschicken. Es ist nichts zu tun.`,
  },
  signIn: {
    subject: (app) => `Neue Anmeldung bei ${app}`,
    title: 'Neue Anmeldung',
    text: (app) =>
      `Jemand hat sich in Ihrem Konto bei ${app} angemeldet, mit einem Gerät oder von einem Ort, die bisher nicht vorkamen.`,
    device: 'Gerät',
    unknownDevice: 'unbekannt',
    address: 'IP-Adresse',
    place: 'Ort',
    time: 'Zeit',
    how: 'Wie',
    ways: {
      passkey: 'Passkey',
      'one-time-access': 'Einmalcode',
      'device-login': 'Von einem anderen Gerät eingelassen',
    },
    after:
      'Waren Sie das? Dann ist nichts zu tun. Wenn nicht, sehen Sie nach Ihren Passkeys und entfernen Sie, was nicht Ihnen gehört, und sagen Sie es Ihrem Administrator.',
    button: 'Mein Konto ansehen',
  },
  link: {
    subject: (app) => `Ihr Anmeldecode für ${app}`,
    title: 'Anmelden',
    asked: (app) =>
      `Jemand, hoffentlich Sie, hat diesen Code für die Anmeldung bei ${app} verlangt. Tippen Sie ihn ein, oder drücken Sie den Knopf in dem Browser, der ihn verlangt hat.`,
    sent: (app) =>
      `Ein Administrator schickt Ihnen diesen Code für die Anmeldung bei ${app}. Tippen Sie ihn ein oder drücken Sie den Knopf, und fügen Sie gleich einen Passkey hinzu.`,
    lasts: (duration) => `Er gilt einmal, innerhalb von ${duration}.`,
    typeAt: (address) => `Eintippen unter ${address}`,
    button: 'Anmelden',
    after: 'Sie haben das nicht erwartet? Dann tun Sie nichts, und geben Sie den Code niemandem.',
  },
  key: {
    subject: (name) => `Ihr API-Schlüssel „${name}“ endet bald`,
    title: 'Ein API-Schlüssel endet bald',
    text: (name, when) => `Ihr API-Schlüssel „${name}“ endet am ${when}. Was ihn benutzt, geht dann nicht mehr.`,
    after: 'Machen Sie einen neuen und setzen Sie ihn ein, oder erneuern Sie diesen nach seinem Ende.',
    button: 'Meine API-Schlüssel',
  },
  verification: {
    subject: (app) => `Ist das Ihre E-Mail-Adresse? (${app})`,
    title: 'Ist das Ihre Adresse?',
    text: (app) => `Diese Adresse steht in einem Konto bei ${app}. Wenn das Konto Ihnen gehört, bestätigen Sie es mit dem Knopf.`,
    lasts: (duration) => `Der Link gilt einmal, innerhalb von ${duration}.`,
    button: 'Ja, sie gehört mir',
    after: 'Sie haben kein solches Konto? Dann tun Sie nichts; die Adresse bleibt unbestätigt.',
  },
}
