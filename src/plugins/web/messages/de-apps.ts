// Pure: what people are asked when an app or a device wants to sign them in, in German.
import type { enApps } from './en-apps.ts'

export const deApps: typeof enApps = {
  interaction: {
    title: (app) => `Bei ${app} anmelden`,
    consentLead: (app) => `${app} bittet um dies:`,
    scopes: {
      openid: ['Wissen, wer Sie hier sind', 'Eine Kennung, die gleich bleibt.'],
      profile: ['Ihr Profil sehen', 'Name, Benutzername und Bild.'],
      email: ['Ihre E-Mail-Adresse sehen', 'Und ob sie bestätigt ist.'],
      groups: ['Ihre Gruppen sehen', 'Die Gruppen, in denen Sie Mitglied sind.'],
      offline_access: ['Angemeldet bleiben', 'Zugriff behalten, während Sie fort sind, bis Sie ihn beenden.'],
    },
    allow: 'Erlauben',
    decline: 'Abbrechen',
    as: (name) => `als ${name}`,
    selectLead: 'Welches Konto soll es sein?',
    otherLead: (app, name) => `Sie sind als ${name} angemeldet, aber ${app} fragt nach einem anderen Konto.`,
    continueAs: (name) => `Weiter als ${name}`,
    other: 'Ein anderes Konto benutzen',
    confirmLead: (app) => `${app} möchte sicher sein, dass Sie es sind. Bestätigen Sie mit Ihrem Passkey.`,
    confirm: 'Mit Passkey bestätigen',
    signInAgain: 'Auf anderem Weg neu anmelden',
    onTheWay: (app) => `Sie sind auf dem Weg zu ${app}.`,
    refusedTitle: 'Diese App kann Sie nicht anmelden',
    adminOnly: 'Das sehen nur Administratoren:',
    openClient: 'Einstellungen der App öffnen',
  },
  device: {
    title: 'Ein Gerät anmelden',
    lead: 'Tippen Sie den Code ein, den das Gerät zeigt.',
    label: 'Code des Geräts',
    submit: 'Weiter',
    confirmLead: (app) =>
      `Ein Gerät möchte ${app} in Ihrem Namen benutzen. Erlauben Sie es nur, wenn Sie das Gerät haben und dies selbst begonnen haben.`,
    allow: 'Gerät zulassen',
    decline: 'Ablehnen',
    doneTitle: 'Das Gerät ist angemeldet',
    doneLead: 'Sie können diese Seite schließen und dort weitermachen.',
    declinedTitle: 'Abgelehnt',
    declinedLead: 'Das Gerät wurde nicht zugelassen. Sie können diese Seite schließen.',
  },
}
