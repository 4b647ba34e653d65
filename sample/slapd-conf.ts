// The configuration file of the sample slapd.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import { base } from './seed.ts'

export const admin = { dn: `cn=admin,${base}`, password: 'admin-pw' } as const

/** The overlays that a real directory usually has; all are on unless a test asks for fewer. */
export type Overlay = 'memberof' | 'refint' | 'syncprov' | 'ppolicy'
export const everyOverlay: readonly Overlay[] = ['memberof', 'refint', 'syncprov', 'ppolicy']

/** What differs from directory to directory. */
export interface SlapdConf {
  readonly folder: string
  readonly certificates: Certificates
  /** As `sizelimit` of slapd.conf(5) takes it; slapd's own default is 500. */
  readonly sizeLimit: string
  readonly overlays: readonly Overlay[]
  /** More lines: before any database, and for the one with the entries. */
  readonly lines: readonly string[]
  readonly databaseLines: readonly string[]
}

const overlayLines: Record<Overlay, readonly string[]> = {
  memberof: ['overlay memberof', 'memberof-dangling ignore', 'memberof-refint TRUE'],
  refint: ['overlay refint', 'refint_attributes member uniqueMember', `refint_nothing cn=nobody,${base}`],
  syncprov: ['overlay syncprov', 'syncprov-checkpoint 100 10', 'syncprov-sessionlog 1000'],
  ppolicy: ['overlay ppolicy'],
}

/** Writes slapd.conf(5): mdb, TLS, read access for ou=services. Durability is off, a test's directory dies with it. */
export function slapdConf({ folder, certificates, sizeLimit, overlays, lines, databaseLines }: SlapdConf): string {
  return [
    ...['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include ${join(schemaFolder(), `${name}.schema`)}`),
    `modulepath ${moduleFolder()}`,
    ...['back_mdb', ...overlays].map((name) => `moduleload ${name}`),
    `TLSCACertificateFile ${certificates.caFile}`,
    `TLSCertificateFile ${certificates.certificateFile}`,
    `TLSCertificateKeyFile ${certificates.keyFile}`,
    ...lines,
    'threads 4',
    'tool-threads 2',
    'access to dn.base="" by * read',
    'access to dn.base="cn=subschema" by * read',
    'database mdb',
    `suffix ${base}`,
    `directory ${join(folder, 'db')}`,
    'maxsize 4294967296',
    'dbnosync',
    `rootdn ${admin.dn}`,
    `rootpw ${admin.password}`,
    `sizelimit ${sizeLimit}`,
    'index objectClass,entryUUID,entryCSN,uid,mail,cn,member eq',
    'access to attrs=userPassword by anonymous auth by * none',
    `access to * by dn.subtree="ou=services,${base}" read by users read by * none`,
    ...databaseLines,
    ...overlays.flatMap((name) => overlayLines[name]),
    '',
  ].join('\n')
}

const schemaFolder = () => firstFolder('schema files', ['/etc/ldap/schema', '/etc/openldap/schema'])
const moduleFolder = () =>
  firstFolder('modules', ['/usr/lib/ldap', '/usr/lib/openldap', '/usr/lib64/openldap', '/usr/libexec/openldap'])

function firstFolder(what: string, candidates: readonly string[]): string {
  const found = candidates.find((folder) => existsSync(folder))
  if (!found)
    throw new Error(
      `The ${what} of OpenLDAP are in none of ${candidates.join(', ')}: install slapd (Debian: apt-get install slapd).`,
    )
  return found
}
