// The ways in beside the passkey, as far as somebody offers them.
import { deviceLogins } from '#core/device-login-port.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { mail } from '#core/mail-port.ts'
import { oneTimeLinks } from '#core/ports.ts'

export interface Way {
  /** A key of `messages.ways.kinds`. */
  readonly kind: 'device' | 'code' | 'email'
  readonly icon: string
  readonly href: string
}

const all: readonly (Way & { isOffered(host: Pick<Host, 'seek'>): boolean })[] = [
  {
    kind: 'device',
    icon: 'qr-code',
    href: '/login/alternative/device',
    isOffered: (host) => host.seek(deviceLogins) !== undefined,
  },
  {
    kind: 'code',
    icon: 'rectangle-ellipsis',
    href: '/login/alternative/code',
    isOffered: (host) => host.seek(oneTimeLinks) !== undefined,
  },
  {
    kind: 'email',
    icon: 'mail',
    href: '/login/alternative/email',
    isOffered: (host) => host.seek(mail)?.offers.linksForStrangers === true,
  },
]

/** In the order in which they are shown. */
export const waysIn = (host: Pick<Host, 'seek'>): readonly Way[] => all.filter((way) => way.isOffered(host))
