// Counting: by plugin and labels, on over restarts, and a gauge that fails costs nobody else's numbers.
import { describe, expect, test } from 'vitest'
import { createLog } from '#core/log.ts'
import { createMeters, readGauges } from '#core/metrics.ts'

describe('a meter', () => {
  test('adds up by labels, and goes on when a plugin starts again', () => {
    const meters = createMeters()
    const counter = () => meters.of('oidc').counter('tokens_total', 'Tokens.', ['grant', 'kind'])
    counter().add(1, 'code', 'a')
    counter().add(2, 'code', 'a')
    counter().add(1, 'code', 'b')
    const samples = [
      { labels: { grant: 'code', kind: 'a' }, value: 3 },
      { labels: { grant: 'code', kind: 'b' }, value: 1 },
    ]
    expect(meters.read()).toEqual([{ name: 'tokens_total', help: 'Tokens.', kind: 'counter', samples }])
  })

  test('without labels begins at nought, so that the first event is a rise', () => {
    const meters = createMeters()
    meters.of('mail').counter('mails_total', 'Mails.')
    expect(meters.read()).toMatchObject([{ samples: [{ labels: {}, value: 0 }] }])
  })

  test('puts what it observes under every bound it is at most', () => {
    const meters = createMeters()
    const histogram = meters.of('http').histogram('seconds', 'Seconds.', [0.1, 1], ['route'])
    for (const value of [0.1, 0.5, 7]) histogram.observe(value, '/')
    expect(meters.read()).toMatchObject([{ distributions: [{ labels: { route: '/' }, atMost: [1, 2], count: 3, sum: 7.6 }] }])
  })

  test('names both plugins that count under one name', () => {
    const meters = createMeters()
    meters.of('oidc').counter('things_total', 'Things.')
    expect(() => meters.of('scim').level('things_total', 'Things.')).toThrow('The plugins oidc and scim both count things_total.')
  })
})

describe('gauges', () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', json: false, write: (line) => lines.push(line) })

  test('of one name are one metric, and one that fails is logged and left out', async () => {
    const users = (source: string, value: number) => ({
      ...{ name: 'users', help: 'Users.', read: () => [{ labels: { source }, value }] },
    })
    const broken = { name: 'broken', help: 'Broken.', read: () => Promise.reject(new Error('no table')) }
    const read = await readGauges([users('ldap', 3), broken, users('ldap-2', 4)], log)
    expect(read).toEqual([
      { name: 'users', help: 'Users.', kind: 'gauge', samples: [...users('ldap', 3).read(), ...users('ldap-2', 4).read()] },
    ])
    expect(lines).toEqual([expect.stringContaining('A number could not be read name=broken')])
  })
})
