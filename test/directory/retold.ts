// A story told to a real directory, handful by handful: after each, changes have brought in what reading everything would.
import { expect } from 'vitest'
import type { Memory } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { startHosted } from './hosted.ts'
import { atLeisure, createStory, type Dialect, type Handful } from './stories.ts'

const signal = () => new AbortController().signal

/** @param way how the directory must be read for changes, as far as it matters */
export async function expectRetold(
  environment: Readonly<Record<string, string>>,
  dialect: Dialect,
  handfuls: readonly Handful[],
  way: object,
): Promise<void> {
  const hosted = await startHosted(environment)
  try {
    const { host } = hosted
    await host.db.write((tx) =>
      tx.run(`insert into users (id, username, is_admin, created_at, updated_at) values ('local', 'local-admin', 1, 0, 0)`),
    )
    const memory: Memory = {}
    expect(await sync(host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', counts: { created: 10 } })
    expect(memory.last?.bookmark.way).toMatchObject(way)
    const tale = createStory(dialect)
    for (const handful of handfuls) {
      for (const { name, a, b } of handful) await tale.do(name, a, b)
      atLeisure(memory)
      const report = await syncChanges(host, { signal: signal() }, memory)
      expect([undefined, 'applied']).toContain(report?.outcome)
      expect(report?.scope ?? 'changes').toBe('changes')
      const before = await hosted.rows()
      const whole = await sync(host, { signal: signal() })
      expect({ handful, changes: whole.changes, rows: await hosted.rows() }).toEqual({ handful, changes: [], rows: before })
    }
  } finally {
    await hosted.instance.stop()
  }
}
