// Pure: the ways in beside the passkey, and what is said when one device lets another in, in German.
import type { enDevices } from './en-devices.ts'

export const deDevices: typeof enDevices = {
  ways: {
    title: 'Andere Wege zur Anmeldung',
    lead: 'Wenn Ihr Passkey gerade nicht zur Hand ist.',
    kinds: {
      device: ['Anderes Gerät', 'Mit einem Telefon scannen, das angemeldet ist oder Ihren Passkey hat.'],
      code: ['Einmalcode', 'Einen Code eintippen, den Sie auf einem anderen Gerät oder die Administration erstellt haben.'],
      email: ['E-Mail', 'Einen Link in Ihr Postfach bekommen.'],
    },
  },
  deviceLogin: {
    title: 'Anderes Gerät benutzen',
    lead: 'Scannen Sie dies mit einem Gerät, das hier angemeldet ist oder Ihren Passkey hat.',
    qr: 'QR-Code für das andere Gerät',
    or: 'oder dort eintippen',
    address: (address) => `unter ${address}`,
    waiting: 'Warten auf das andere Gerät …',
    left: 'Gültig noch',
    noScript: 'Diese Seite sieht alle fünf Sekunden nach.',
    expiredTitle: 'Das hat zu lange gedauert',
    expiredLead: 'Der Code ist abgelaufen oder schon benutzt. Holen Sie einen neuen, wenn das andere Gerät zur Hand ist.',
    deniedTitle: 'Abgewiesen',
    deniedLead: 'Die Anmeldung wurde auf dem anderen Gerät abgewiesen.',
    again: 'Neuer Code',
    askTitle: 'Sind Sie das?',
    askLead: (name) => `Ein Gerät möchte als ${name} angemeldet werden.`,
    device: 'Gerät',
    browserOn: (browser, system) => `${browser} unter ${system}`,
    unknown: 'Sagt nicht, was es ist',
    from: 'Wo',
    sameNetwork: 'Ihr Netz',
    otherNetwork: 'Ein anderes Netz als Ihres',
    noAddress: 'Unbekannt',
    since: 'Gefragt',
    code: 'Zeigt',
    warning:
      'Lassen Sie es nur zu, wenn dieses Gerät vor Ihnen steht und diesen Code zeigt. Niemand sonst braucht ihn je: nicht am Telefon, nicht in einer Nachricht, nicht die Administration.',
    warningOther:
      'Das Gerät ist in einem anderen Netz als Sie. Lassen Sie es nur zu, wenn Sie dies eben selbst begonnen haben und diesen Code auf seinem Bildschirm sehen. Hat Sie jemand darum gebeten, weisen Sie es ab.',
    approve: 'Zulassen',
    deny: 'Abweisen',
    proofNeeded: 'Bestätigen Sie mit Ihrem Passkey, um das Gerät zuzulassen.',
    doneTitle: 'Das Gerät ist angemeldet',
    doneLead: 'Machen Sie dort weiter. Die Anmeldung steht unter „Meine Aktivität“.',
    turnedAwayTitle: 'Abgewiesen',
    turnedAwayLead:
      'Das Gerät wurde nicht zugelassen. Haben Sie dies nicht begonnen, versucht vielleicht jemand, mit Ihrer Hilfe hineinzukommen: Sagen Sie es Ihrer Administration.',
    account: 'Mein Konto',
    typeHere: 'Code eines Geräts eintippen',
    qrOfLink: 'QR-Code des Links',
  },
}
