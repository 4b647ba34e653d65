// Pure: what people are asked when an app or a device wants to sign them in, in English.

export const enApps = {
  interaction: {
    title: (app: string) => `Sign in to ${app}`,
    consentLead: (app: string) => `${app} asks for this:`,
    scopes: {
      openid: ['Know who you are here', 'An identifier that stays the same.'],
      profile: ['See your profile', 'Your name, user name and picture.'],
      email: ['See your e-mail address', 'And whether it is verified.'],
      groups: ['See your groups', 'The groups that you are a member of.'],
      offline_access: ['Stay signed in', 'Keep access while you are away, until you end it.'],
    } as Readonly<Record<string, readonly [name: string, about: string]>>,
    allow: 'Allow',
    decline: 'Cancel',
    as: (name: string) => `as ${name}`,
    selectLead: 'Which account shall it be?',
    otherLead: (app: string, name: string) => `You are signed in as ${name}, but ${app} asks for another account.`,
    continueAs: (name: string) => `Continue as ${name}`,
    other: 'Use another account',
    confirmLead: (app: string) => `${app} wants to be sure that it is you. Confirm with your passkey.`,
    confirm: 'Confirm with passkey',
    signInAgain: 'Sign in again another way',
    onTheWay: (app: string) => `You are on the way to ${app}.`,
    refusedTitle: 'This app cannot sign you in',
    adminOnly: 'Only administrators see this:',
    openClient: 'Open the app’s settings',
  },
  device: {
    title: 'Sign in a device',
    lead: 'Type the code that the device shows.',
    label: 'Code of the device',
    submit: 'Continue',
    confirmLead: (app: string) =>
      `A device wants to use ${app} as you. Allow it only if you hold the device and started this yourself.`,
    allow: 'Let the device in',
    decline: 'Refuse',
    doneTitle: 'The device is signed in',
    doneLead: 'You can close this page and go on there.',
    declinedTitle: 'Refused',
    declinedLead: 'The device was not let in. You can close this page.',
  },
}
