// Pure: what a directory says of itself in its root DSE (RFC 4512 section 5.1) -> its kind, and by what we know it.

import { type Kind, kindLabels } from '../presets.ts'
import { type Entry, firstText, textsOf } from './entry.ts'

/** What to ask the entry with the empty name for. */
export const rootAttributes = [
  ...['objectClass', 'vendorName', 'vendorVersion', 'namingContexts', 'defaultNamingContext', 'serverName'],
  ...['supportedControl', 'supportedCapabilities', 'supportedExtension', 'subschemaSubentry', 'ipaTopologyPluginVersion'],
] as const

/** OIDs of controls and capabilities, as servers list them. */
const oids = {
  pagedResults: '1.2.840.113556.1.4.319',
  startTls: '1.3.6.1.4.1.1466.20037',
  activeDirectory: '1.2.840.113556.1.4.800',
} as const

export interface Recognised {
  /** Undefined: none that we know. */
  readonly kind: Kind | undefined
  /** As people call it, with its version where it says one. */
  readonly label: string
  /** By what we know it: `vendorName: LLDAP`. */
  readonly evidence: readonly string[]
  readonly pages: boolean
  readonly offersStartTls: boolean
  /** Where its entries begin; the best guess for the search base. */
  readonly base: string
}

type Sign = readonly [Kind, (root: Entry) => string | undefined]

/** The first that fits decides; Samba's vendor name comes after its capabilities, FreeIPA before the 389 it is made of. */
const signs: readonly Sign[] = [
  ['authentik', (root) => vendor(root, /goauthentik/i)],
  ['active-directory', (root) => listed(root, 'supportedCapabilities', oids.activeDirectory)],
  ['active-directory', (root) => vendor(root, /samba/i)],
  ['freeipa', (root) => present(root, 'ipaTopologyPluginVersion') ?? listed(root, 'namingContexts', 'o=ipaca')],
  ['389ds', (root) => vendor(root, /\b389\b|red hat|fedora/i)],
  ['lldap', (root) => vendor(root, /^lldap$/i)],
  ['kanidm', (root) => vendor(root, /kanidm/i)],
  ['openldap', (root) => listed(root, 'objectClass', 'OpenLDAProotDSE') ?? vendor(root, /openldap/i)],
  ['glauth', glauth],
]

/** GLAuth names no vendor: it is known by the placeholder it gives for its name. */
function glauth(root: Entry): string | undefined {
  const placeholder = firstText(root, 'serverName') === 'unknown' && firstText(root, 'subschemaSubentry') === 'cn=schema'
  return placeholder && firstText(root, 'vendorName') === '' ? 'serverName: unknown, subschemaSubentry: cn=schema' : undefined
}

const vendor = (root: Entry, pattern: RegExp): string | undefined =>
  pattern.test(firstText(root, 'vendorName')) ? `vendorName: ${firstText(root, 'vendorName')}` : undefined

const present = (root: Entry, name: string): string | undefined =>
  firstText(root, name) === '' ? undefined : `${name}: ${firstText(root, name)}`

function listed(root: Entry, name: string, value: string): string | undefined {
  const found = textsOf(root, name).find((one) => one.toLowerCase() === value.toLowerCase())
  return found === undefined ? undefined : `${name}: ${found}`
}

/** @param root the entry with the empty name; undefined: it was not shown to us */
export function recognise(root: Entry | undefined): Recognised {
  if (!root) return { kind: undefined, label: 'an unknown server', evidence: [], pages: true, offersStartTls: false, base: '' }
  const found = signs.map(([kind, sign]) => ({ kind, by: sign(root) })).find(({ by }) => by !== undefined)
  const said = [firstText(root, 'vendorName'), firstText(root, 'vendorVersion')].filter((text) => text !== '').join(' ')
  const name = found ? kindLabels[found.kind] : said === '' ? 'an unknown server' : said
  const version = found && said !== '' && !said.toLowerCase().includes(name.toLowerCase()) ? ` (${said})` : ''
  return {
    kind: found?.kind,
    label: found && said.toLowerCase().includes(name.toLowerCase()) ? said : `${name}${version}`,
    evidence: found?.by === undefined ? [] : [found.by],
    pages: listed(root, 'supportedControl', oids.pagedResults) !== undefined,
    offersStartTls: listed(root, 'supportedExtension', oids.startTls) !== undefined,
    base: baseOf(root, found?.kind),
  }
}

/** Active Directory says which of its contexts holds people; elsewhere it is the first that is no machinery of the server's. */
function baseOf(root: Entry, kind: Kind | undefined): string {
  const contexts = textsOf(root, 'namingContexts')
  const own = contexts.find((context) => !/^(cn=(config|changelog|schema|monitor)|o=(ipaca|netscaperoot)$)/i.test(context))
  const suffix = firstText(root, 'defaultNamingContext') || (own ?? '')
  // Below cn=accounts there are no staged or preserved users, and no compatibility tree.
  return kind === 'freeipa' && suffix !== '' ? `cn=accounts,${suffix}` : suffix
}
