// Process 2: find the command, run it, exit. Without a word it is the server.
import { request } from 'node:http'
import { parseArgs } from 'node:util'
import type { Command, Plugin } from '#core/kernel/plugin.ts'
import { errorText } from '#core/log.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { settingsReference } from '#core/settings/describe.ts'
import { StartError } from '#core/settings/errors.ts'
import { version } from '#core/version.ts'
import type { BootOptions } from './boot.ts'

interface BuiltIn {
  readonly usage: string
  readonly summary: string
  run(args: readonly string[]): Promise<void>
}

const environment: BootOptions['environment'] = process.env
const terminal = process.stderr
let shown = false
/** Takes the status line away, so that what is printed next stands alone. */
const clear = (): void => {
  if (shown) terminal.write('\r\u001b[K')
  shown = false
}
const status = (line: string): void => {
  if (!terminal.isTTY) return
  clear()
  terminal.write(line.slice(0, (terminal.columns || 80) - 1))
  shown = line !== ''
}
const print = (line: string): void => {
  clear()
  process.stdout.write(`${line}\n`)
}
const printError = (line: string): void => {
  clear()
  process.stderr.write(`${line}\n`)
}

const builtIns: readonly BuiltIn[] = [
  { usage: 'serve', summary: 'Run the server; the same as no command', run: serveUntilSignal },
  { usage: 'healthcheck [--endpoint URL] [--verbose]', summary: 'Exit 0 when the server answers', run: healthcheck },
  { usage: 'migrate', summary: 'Bring the database up to date and exit', run: migrateOnly },
  {
    usage: 'encryption-key-rotate [--new-key KEY or -] [--yes] [--forced-lock]',
    summary: 'Seal every secret with another key (made, given, or from NEW_ENCRYPTION_KEY) while no server runs',
    run: async (args) => (await import('./commands/encryption-key-rotate.ts')).rotateEncryptionKey(args, { print, environment }),
  },
  {
    usage: 'export [--path FILE or -]',
    summary: 'Write everything into one zip file, also while the server runs; secrets in it stay sealed with the key',
    run: async (args) => (await import('./commands/export.ts')).exportAll(args, { print, environment }),
  },
  {
    usage: 'import [--path FILE or -] [--yes] [--forced-lock]',
    summary:
      'Replace everything by an export of this server or of Pocket ID (or its database file) while no server runs; same ENCRYPTION_KEY',
    run: async (args) => (await import('./commands/import.ts')).importAll(args, { print, environment }),
  },
  { usage: 'settings', summary: 'Print the reference of all settings', run: async () => print(await reference()) },
  { usage: 'version', summary: 'Print the version', run: async () => print(version) },
  { usage: 'help', summary: 'Print this list', run: async () => print(await help()) },
]

await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  try {
    await dispatch(args[0] === '--help' || args[0] === '-h' ? ['help'] : args)
  } catch (error) {
    printError(
      error instanceof StartError ? ['Cannot start:', ...error.faults].join('\n  ') : errorText(error).replaceAll('\n', ' '),
    )
    process.exitCode = 1
  }
}

async function dispatch(args: readonly string[]): Promise<void> {
  const word = args[0] ?? 'serve'
  const builtIn = builtIns.find(({ usage }) => words(usage)[0] === word)
  if (builtIn) return builtIn.run(args.slice(1))
  const { knownPlugins } = await import('./boot.ts')
  for (const plugin of await knownPlugins(environment)) {
    const command = plugin.commands?.find(({ usage }) => words(usage).every((one, at) => args[at] === one))
    if (command) return runCommand(plugin, command, args.slice(words(command.usage).length))
  }
  throw new Error(`There is no command "${args.join(' ')}". \`pocket-id help\` lists them.`)
}

/** The fixed words a usage line starts with: `ldap sync [--json]` -> ldap, sync. */
function words(usage: string): readonly string[] {
  const all = usage.split(' ')
  const end = all.findIndex((word) => /^[[<-]/.test(word))
  return end < 0 ? all : all.slice(0, end)
}

async function runCommand(plugin: Plugin, command: Command, args: readonly string[]): Promise<void> {
  const { lender, quietGround } = await import('./commands/lend.ts')
  const ground = await quietGround(environment)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopping.abort(new Error(`Stopped by ${signal}.`)))
  try {
    await ground.migrate(plugin)
    const { settings } = ground.resolution
    const { isOn } = await import('#core/kernel/change-settings.ts')
    const lend = lender(ground)
    const family = ground.resolution.plugins.filter((one) => one === plugin || one.copy?.name === plugin.name)
    const { source, rest } = plugin.numbered ? takeSource(args) : { source: undefined, rest: args }
    const chosen = source === undefined ? family : family.filter(({ name }) => name === source)
    if (chosen.length === 0) throw new Error(`There is no ${source}. There are: ${family.map(({ name }) => name).join(', ')}.`)
    const first = chosen.find((one) => isOn(one, settings)) ?? chosen[0] ?? plugin
    const hosts = chosen.map(lend)
    const host = hosts[chosen.indexOf(first)] ?? lend(first)
    const { default: run } = await command.load()
    await run({ args: rest, host, hosts, settings: host.settings, print, status, signal: stopping.signal })
  } finally {
    await ground.close()
  }
}

/** Takes `--source ldap-2` out of the words: which copy of a plugin is meant is every command's to be told. */
function takeSource(args: readonly string[]): { readonly source: string | undefined; readonly rest: readonly string[] } {
  const at = args.findIndex((word) => word === '--source' || word.startsWith('--source='))
  const word = args[at]
  if (word === undefined) return { source: undefined, rest: args }
  const isApart = word === '--source'
  const source = isApart ? args[at + 1] : word.slice('--source='.length)
  if (!source) throw new Error('Name one after --source, such as ldap-2.')
  return { source, rest: args.filter((_, place) => place !== at && !(isApart && place === at + 1)) }
}

async function serveUntilSignal(): Promise<void> {
  const { serve } = await import('./server.ts')
  const server = await serve({ environment, write: print })
  // A forgotten promise of one plugin must not close everybody's front door.
  process.on('unhandledRejection', (error) => server.log.error('Something failed that nobody waited for', { error }))
  const stop = (): void => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        printError(errorText(error))
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}

/** Asks /healthz where this environment's server listens, or at --endpoint. */
async function healthcheck(args: readonly string[]): Promise<void> {
  const options = { endpoint: { type: 'string' }, verbose: { type: 'boolean', default: false } } as const
  const { values } = parseArgs({ args: [...args], options })
  const socketPath = environment.UNIX_SOCKET
  const scheme = environment.TLS_CERT || environment.TLS_CERT_FILE ? 'https' : 'http'
  const endpoint = values.endpoint ?? `${scheme}://127.0.0.1:${environment.PORT || coreSettings.port.default}`
  const url = new URL('/healthz', endpoint)
  const ask = url.protocol === 'https:' ? (await import('node:https')).request : request
  const status = await new Promise<number | undefined>((resolve, reject) => {
    // Only whether it answers matters here; the certificate is for its public name, not for loopback.
    const options = { timeout: 5_000, rejectUnauthorized: false, ...(socketPath && !values.endpoint ? { socketPath } : {}) }
    const asked = ask(url, options, (answer) => resolve(answer.resume().statusCode))
    asked.on('timeout', () => asked.destroy(new Error('no answer within 5 seconds')))
    asked.on('error', (error) => reject(new Error(`${url.href} does not answer: ${error.message}`)))
    asked.end()
  })
  if (status === undefined || status >= 300) throw new Error(`${url.href} answered ${status}.`)
  if (values.verbose) print(`${url.href} answered ${status}.`)
}

async function migrateOnly(): Promise<void> {
  const { quietGround } = await import('./commands/lend.ts')
  const ground = await quietGround(environment)
  try {
    for (const plugin of ground.resolution.plugins) await ground.migrate(plugin)
    print(`The database ${ground.db.place} is up to date.`)
  } finally {
    await ground.close()
  }
}

async function reference(): Promise<string> {
  const { knownPlugins } = await import('./boot.ts')
  const plugins = await knownPlugins(environment)
  const sections = plugins.filter(({ settings }) => Object.keys(settings).length > 0)
  return settingsReference([
    { title: 'Core', table: coreSettings },
    ...sections.map(({ name, settings, numbered }) => ({ title: `Plugin ${name}`, table: settings, numbered })),
  ])
}

async function help(): Promise<string> {
  const { knownPlugins } = await import('./boot.ts')
  const commands = [...builtIns, ...(await knownPlugins(environment)).flatMap(({ commands }) => commands ?? [])]
  const width = Math.max(...commands.map(({ usage }) => usage.length))
  const lines = commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`)
  return ['Usage: pocket-id [command]', '', ...lines].join('\n')
}
