// One of each letter.
import type { Occasion } from '../../src/plugins/email/letters/occasion.ts'

type Kinds = { readonly [K in Occasion['kind']]: Extract<Occasion, { readonly kind: K }> }

const at = Date.UTC(2026, 10, 25, 18, 40)

export const occasions: Kinds = {
  test: { kind: 'test' },
  'sign-in': {
    kind: 'sign-in',
    device: 'Firefox on Linux',
    ipAddress: '192.0.2.7',
    place: 'Lisbon, Portugal',
    method: 'passkey',
    at,
  },
  link: { kind: 'link', code: 'k4Fy7W', url: 'https://id.example.org/lc/k4Fy7W', lifetimeSeconds: 900, byAdmin: false },
  key: { kind: 'key', name: 'nightly backup', expiresAt: at },
  verification: {
    kind: 'verification',
    email: 'ada@example.org',
    url: 'https://id.example.org/verify-email?token=JZ6y1nq7T2m0yVbF6Xn3cA5o8w9e4r2t',
    lifetimeSeconds: 86_400,
  },
}
