// What the README shows of the command line is what it says over such a directory, but for addresses, times, ids and certificates.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { company } from '../../sample/people.ts'
import { fromSource } from '../../sample/pocket-id.ts'
import { personDn } from '../../sample/seed.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(repository, 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-readme-'))

let ldap: OpenLdap
beforeAll(async () => {
  ldap = await startOpenLdap({ ldif: company() })
})
afterAll(async () => {
  await ldap?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What the README shows below this command. */
function shown(command: string): string {
  const blocks = readme.matchAll(/^```console\n\$ pocket-id (.*)\n([\s\S]*?)^```$/gm)
  const found = [...blocks].find(([, given]) => given === command)
  if (found?.[2] === undefined) throw new Error(`The README does not show \`pocket-id ${command}\`.`)
  return found[2]
}

async function said(command: string): Promise<string> {
  const [program, ...words] = fromSource
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    DB_CONNECTION_STRING: join(folder, 'readme.db'),
    ...ldapEnvironment(ldap),
    ...{ LDAP_URL: ldap.ldapsUrl, LDAP_CA_FILE: ldap.caFile },
  }
  const { stdout } = await promisify(execFile)(program, [...words, ...command.split(' ')], { cwd: repository, env })
  return stdout
}

/** Without what differs from one directory to the next. */
const plain = (text: string): string =>
  text
    .replace(/ +\d+ ms/g, ' 0 ms')
    .replace(/ldaps:\/\/[\w.:-]+/g, 'ldaps://directory')
    .replace(/(resolve .*? ms {2}).*/, '$1...')
    .replace(/(connect .*? ms {2}ldaps:\/\/directory) .*/, '$1 ...')
    .replace(/(encrypt .*? ms {2}TLSv1\.3, the certificate of ).* by .*, valid until .* GMT/, '$1...')
    .replace(/\b[0-9a-f]{24}\b/g, 'hash')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'id')

test('ldap test, ldap explain', async () => {
  await said('ldap sync')
  for (const command of ['ldap test', 'ldap explain grace --group _pocket_id_admins'])
    expect(plain(await said(command))).toBe(plain(shown(command)))
})

test('ldap plan', async () => {
  await said('ldap sync')
  await ldap.modify(`dn: ${personDn('grace')}\nchangetype: modify\nreplace: mail\nmail: new@example.org\n`)
  await ldap.modify(`dn: ${personDn('soren')}\nchangetype: delete\n`)
  expect(plain(await said('ldap plan'))).toBe(plain(shown('ldap plan')))
})
