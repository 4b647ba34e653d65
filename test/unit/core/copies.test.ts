// Numbered copies of a plugin: made by variables and by stored keys, each with settings, routes' turn, offers and rows of its own.
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { definePlugin, type HostEnv, type Plugin, start } from '#core/kernel/plugin.ts'
import type { Port } from '#core/ports.ts'
import { choice, defineSettings, flag, text } from '#core/settings/define.ts'
import { type Instance, startInstance } from '../../support/instance.ts'

interface Lamp {
  readonly instance: number
  readonly colour: string
}
const lampPort: Port<Lamp> = { name: 'lamp' }

/** A lamp: shines in its colour while it is on; a colour of `mud` is refused. */
function lamp(): Plugin {
  const settings = defineSettings({
    lampOn: flag({ label: 'On', help: 'Shines.' }),
    lampColour: text({ label: 'Colour', help: 'A colour.', default: 'white', aliases: ['LAMP_COLOR'] }),
    lampKey: text({ label: 'Key', help: 'Opens it.', secret: true }),
    lampKind: choice(['', 'sun'], { label: 'Kind', help: 'A kind.', default: '', presets: { sun: { lampColour: 'gold' } } }),
  })
  return definePlugin({
    name: 'lamp',
    api: 1,
    settings,
    numbered: 'lamp',
    enabled: ({ lampOn }) => lampOn,
    check: ({ lampColour }) => (lampColour === 'mud' ? [{ field: 'lampColour', code: 'dull', message: 'Does not shine.' }] : []),
    load: async () => ({
      default: start(settings, (host) => {
        host.offer(lampPort, { instance: host.instance, colour: host.settings.lampColour })
        const shining = () => host.seekAll(lampPort).map(({ instance, colour }) => `${instance} ${colour}`)
        return { routes: new Hono<HostEnv>().get('/lamps', (c) => c.json(shining())) }
      }),
    }),
  }) as unknown as Plugin
}

const lamps = async (instance: Instance) => {
  const response = await instance.fetch('/lamps')
  return response.status === 404 ? [] : ((await response.json()) as string[])
}
const configure = async (instance: Instance, body: object) => {
  const response = await instance.asAdmin('/api/application-configuration', { method: 'PUT', body })
  return { status: response.status, body: (await response.json()) as { details?: { fields: { field: string }[] } } }
}
const keys = (instance: Instance) =>
  instance.kernel.configuration
    .entries()
    .map(({ key, owner }) => `${owner} ${key}`)
    .filter((one) => one.startsWith('lamp'))

describe('by variables', () => {
  let instance: Instance
  beforeAll(async () => {
    const environment = {
      LAMP_ON: 'true',
      LAMP_2_ON: 'true',
      LAMP_2_COLOR: 'red',
      LAMP_7_COLOUR: 'blue',
      LAMP_1_ON: 'true',
      LAMP_2_: 'x',
    }
    instance = await startInstance(environment, [lamp()])
  })
  afterAll(() => instance.stop())

  test('each runs with its own settings, and its routes are there once', async () => {
    expect(await lamps(instance)).toEqual(['1 white', '2 red'])
    const states = instance.kernel.configuration.plugins().filter(({ name }) => name.startsWith('lamp'))
    expect(states).toEqual([
      { name: 'lamp', on: true },
      { name: 'lamp-2', on: true },
      { name: 'lamp-7', on: false },
    ])
  })

  test('each owns its keys', () => {
    expect(keys(instance)).toEqual([
      ...['lamp lampOn', 'lamp lampColour', 'lamp lampKey', 'lamp lampKind'],
      ...['lamp-2 lamp2On', 'lamp-2 lamp2Colour', 'lamp-2 lamp2Key', 'lamp-2 lamp2Kind'],
      ...['lamp-7 lamp7On', 'lamp-7 lamp7Colour', 'lamp-7 lamp7Key', 'lamp-7 lamp7Kind'],
    ])
  })

  test('a preset fills the copy that has it, and no other', async () => {
    const other = await startInstance({ LAMP_ON: 'true', LAMP_2_ON: 'true', LAMP_2_KIND: 'sun' }, [lamp()])
    try {
      expect(await lamps(other)).toEqual(['1 white', '2 gold'])
    } finally {
      await other.stop()
    }
  })

  test('with the first one switched off the second one answers', async () => {
    const other = await startInstance({ LAMP_2_ON: 'true' }, [lamp()])
    try {
      expect(await lamps(other)).toEqual(['2 white'])
      await configure(other, { lampOn: 'true' })
      expect(await lamps(other)).toEqual(['1 white', '2 white'])
      await configure(other, { lampOn: 'false' })
      expect(await lamps(other)).toEqual(['2 white'])
    } finally {
      await other.stop()
    }
  })

  test('a wrong one stops the start by its own name', async () => {
    await expect(startInstance({ LAMP_3_ON: 'maybe' }, [lamp()])).rejects.toThrow('LAMP_3_ON: Must be true or false.')
  })
})

describe('by the API', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance({}, [lamp()])
  })
  afterAll(() => instance.stop())

  test('a key with a number makes a copy, and an empty one takes it away', async () => {
    expect(await lamps(instance)).toEqual([])
    expect((await configure(instance, { lamp3On: 'true', lamp3Colour: 'green', lamp3Key: 'hush' })).status).toBe(200)
    expect(await lamps(instance)).toEqual(['3 green'])
    expect(keys(instance)).toContain('lamp-3 lamp3Key')
    const all = await (await instance.asAdmin('/api/application-configuration/all')).json()
    expect(all).toContainEqual(expect.objectContaining({ key: 'lamp3Key', value: 'XXXXXXXXXX' }))
    await configure(instance, { lamp3On: '', lamp3Colour: '', lamp3Key: '' })
    expect(keys(instance).some((one) => one.includes('lamp-3'))).toBe(false)
    expect(await lamps(instance)).toEqual([])
  })

  test('what is wrong is told by the copy’s key, and nothing changes', async () => {
    const { status, body } = await configure(instance, { lamp2On: 'true', lamp2Colour: 'mud' })
    expect({ status, fields: body.details?.fields.map(({ field }) => field) }).toEqual({ status: 400, fields: ['lamp2Colour'] })
    expect(keys(instance)).toHaveLength(4)
  })

  test('keys that are nobody’s are passed over', async () => {
    await configure(instance, { lamp0On: 'true', lamp1On: 'true', lamp100On: 'true', lamp2Nonsense: 'x', lamp02On: 'true' })
    expect(keys(instance)).toHaveLength(4)
  })

  test('a change of one leaves the others running', async () => {
    await configure(instance, { lampOn: 'true', lamp2On: 'true' })
    await configure(instance, { lamp2Colour: 'red' })
    expect(await lamps(instance)).toEqual(['1 white', '2 red'])
  })

  test('stored ones are there again after a restart, and their secrets are sealed', async () => {
    await configure(instance, { lamp2Key: 'hush hush' })
    const rows = await instance.ground.store.load()
    expect(rows.stored.lamp2Key).toBe('hush hush')
    const { sql } = await import('drizzle-orm')
    const [row] = await instance.ground.db.read.all<{ value: string }>(sql`select value from settings where key = 'lamp2Key'`)
    expect(row?.value).not.toContain('hush')
    const again = await startInstance({ DB_CONNECTION_STRING: `${instance.folder}/test.db` }, [lamp()])
    try {
      expect(await lamps(again)).toEqual(['1 white', '2 red'])
    } finally {
      await again.stop()
    }
  })
})
