// `npm run docs`: writes docs/reference from the sources: settings, REST interface, command line. A test fails when they are stale.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { boot } from '../src/boot.ts'
import { type LdapKey, variable } from '../src/plugins/ldap/check.ts'
import { kindLabels, kinds, presets } from '../src/plugins/ldap/presets.ts'

/** Where the generated pages lie. */
export const referenceFolder = fileURLToPath(new URL('../docs/reference/', import.meta.url))

/** The generated pages by file name. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  const [settings, help, openApi] = await Promise.all([pocketId('settings'), pocketId('help'), openApiDocument()])
  return {
    'settings.md': settings,
    'cli.md': commandLinePage(help),
    'ldap-presets.md': presetsPage(),
    'openapi.json': `${JSON.stringify(openApi, null, 2)}\n`,
  }
}

/** What a command prints, with nothing set in the environment. */
async function pocketId(command: string): Promise<string> {
  const env = { PATH: process.env.PATH ?? '' }
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli.ts', command], { cwd, env })
  return `${stdout.trimEnd()}\n`
}

/** The document of an instance with every plugin on. */
async function openApiDocument(): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-docs-'))
  // Nobody answers at this address; the plugin only has to be on for its routes to be there.
  const environment = {
    DB_CONNECTION_STRING: join(folder, 'docs.db'),
    LDAP_ENABLED: 'true',
    LDAP_URL: 'ldap://127.0.0.1:1',
    METRICS_ENABLED: 'true',
  }
  const { kernel } = await boot({ environment, write: () => {} })
  try {
    return await (await kernel.fetch(new Request('http://localhost:1411/api/openapi.json'))).json()
  } finally {
    await kernel.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const commandLinePage = (help: string): string => `# Command line

In the image the command is \`/app/pocket-id\`; \`npm run build\` makes the same one as \`dist/pocket-id\`. It reads the same
environment as the server and works while the server runs, unless its line says otherwise. The exit code is 0 when it did what it was
asked, else 1 with one line on standard error.

\`\`\`
${help}\`\`\`
`

/** What each LDAP_PRESET stands for, a directory a section. */
function presetsPage(): string {
  const sections = kinds.map((kind) => {
    const rows = Object.entries(presets[kind]).map(
      ([key, value]) => `| \`${variable(key as LdapKey)}\` | ${value === '' ? 'none' : `\`${value.replaceAll('|', '\\|')}\``} |`,
    )
    return [`## ${kindLabels[kind]}: \`LDAP_PRESET=${kind}\``, '', '| variable | value |', '|---|---|', ...rows].join('\n')
  })
  const lead =
    'A preset fills what nobody set: whatever is set in the environment or in the pages wins, variable by variable. `pocket-id ldap test` and the page say which preset goes with a server.'
  return `${['# Presets of directories', lead, ...sections].join('\n\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(referenceFolder, { recursive: true })
  for (const [name, text] of Object.entries(await referencePages())) {
    writeFileSync(join(referenceFolder, name), text)
    console.log(`docs/reference/${name}`)
  }
}
