// Whether people may sign in by means of another device.
import { defineSettings, flag } from '#core/settings/define.ts'

export const settings = defineSettings({
  deviceLoginEnabled: flag({
    label: 'Sign-in with another device',
    help: 'A device without a passkey shows a QR code; somebody who is signed in on another one looks at where it is and lets it in.',
    default: true,
    public: true,
  }),
})
