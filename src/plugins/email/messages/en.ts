// Pure: what letters say, in English. Other languages have the same shape (messages.ts).

export const en = {
  hello: (name: string) => (name === '' ? 'Hello,' : `Hello ${name},`),
  footer: (app: string, address: string) => `Sent by ${app}, ${address}, because you have an account there.`,
  test: {
    subject: (app: string) => `Test letter from ${app}`,
    title: 'It works',
    text: (app: string) => `${app} can send letters. There is nothing to do.`,
  },
  signIn: {
    subject: (app: string) => `New sign-in to ${app}`,
    title: 'New sign-in',
    text: (app: string) => `Somebody signed in to your account at ${app} with a device or from a place that was not seen before.`,
    device: 'Device',
    unknownDevice: 'unknown',
    address: 'IP address',
    place: 'Place',
    time: 'Time',
    how: 'How',
    ways: {
      passkey: 'Passkey',
      'one-time-access': 'One-time code',
      'device-login': 'Let in by another device',
    } as Readonly<Record<string, string>>,
    after:
      'Was that you? Then there is nothing to do. If not, look at your passkeys and remove what is not yours, and tell your administrator.',
    button: 'Look at my account',
  },
  link: {
    subject: (app: string) => `Your sign-in code for ${app}`,
    title: 'Sign in',
    asked: (app: string) =>
      `Somebody, hopefully you, asked for this code to sign in to ${app}. Type it, or press the button in the browser that asked for it.`,
    sent: (app: string) =>
      `An administrator sent you this code to sign in to ${app}. Type it, or press the button, and add a passkey at once.`,
    lasts: (duration: string) => `It works once, within ${duration}.`,
    typeAt: (address: string) => `Type it at ${address}`,
    button: 'Sign in',
    after: 'You did not expect this? Then do nothing, and give the code to nobody.',
  },
  key: {
    subject: (name: string) => `Your API key “${name}” ends soon`,
    title: 'An API key ends soon',
    text: (name: string, when: string) => `Your API key “${name}” ends on ${when}. What uses it stops working then.`,
    after: 'Make a new one and put it in its place, or renew this one after its end.',
    button: 'My API keys',
  },
  verification: {
    subject: (app: string) => `Is this your e-mail address? (${app})`,
    title: 'Is this your address?',
    text: (app: string) => `This address stands in an account at ${app}. If the account is yours, say so with the button.`,
    lasts: (duration: string) => `The link works once, within ${duration}.`,
    button: 'Yes, it is mine',
    after: 'You have no such account? Then do nothing; the address stays unverified.',
  },
}
