// Pure: the ways in beside the passkey, and what is said when one device lets another in, in English.

export const enDevices = {
  ways: {
    title: 'Other ways to sign in',
    lead: 'For when your passkey is not at hand.',
    kinds: {
      device: ['Another device', 'Scan a code with a phone that is signed in, or has your passkey.'],
      code: ['One-time code', 'Type a code that your administrator, or you on another device, made.'],
      email: ['E-mail', 'Get a link in your mailbox.'],
    } as Readonly<Record<string, readonly [name: string, about: string]>>,
  },
  deviceLogin: {
    title: 'Use another device',
    lead: 'Scan this with a device that is signed in here, or has your passkey.',
    qr: 'QR code for the other device',
    or: 'or type it there',
    address: (address: string) => `at ${address}`,
    waiting: 'Waiting for the other device …',
    left: 'Valid for',
    noScript: 'This page looks again every five seconds.',
    expiredTitle: 'That took too long',
    expiredLead: 'The code has run out, or was used already. Get a new one when the other device is at hand.',
    deniedTitle: 'Turned away',
    deniedLead: 'The sign-in was turned away on the other device.',
    again: 'New code',
    askTitle: 'Is this you?',
    askLead: (name: string) => `A device wants to be signed in as ${name}.`,
    device: 'Device',
    browserOn: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: 'Does not say what it is',
    from: 'Where',
    sameNetwork: 'Your network',
    otherNetwork: 'Another network than yours',
    noAddress: 'Unknown',
    since: 'Asked',
    code: 'Shows',
    warning:
      'Approve only if this device is in front of you and shows this code. Nobody else ever needs it: not on the phone, not in a message, not from your administrator.',
    warningOther:
      'The device is in another network than you. Approve only if you started this yourself a moment ago and see this code on its screen. If somebody asked you to, turn it away.',
    approve: 'Approve',
    deny: 'Turn away',
    proofNeeded: 'Confirm with your passkey to let the device in.',
    doneTitle: 'The device is signed in',
    doneLead: 'Go on there. You find the sign-in under "My activity".',
    turnedAwayTitle: 'Turned away',
    turnedAwayLead:
      'The device was not let in. If you did not start this, somebody may try to get in with your help: tell your administrator.',
    account: 'My account',
    typeHere: 'Type a device’s code',
    qrOfLink: 'QR code of the link',
  },
}
