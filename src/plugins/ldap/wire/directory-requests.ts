// What is asked of a directory, as bytes (RFC 4511). The only file that imports ldapts, which writes here and reads nothing.
import {
  AndFilter,
  BindRequest,
  Control,
  EqualityFilter,
  ExtendedRequest,
  type Filter,
  FilterParser,
  NotFilter,
  OrFilter,
  PagedResultsControl,
  SearchRequest,
  SubstringFilter,
  UnbindRequest,
} from 'ldapts'
import type { LdapKey, LdapSettings } from '../check.ts'
import { DirectoryFailure } from './failures.ts'

/** One search request. */
export interface Search {
  readonly base: string
  readonly scope: 'base' | 'sub'
  readonly filter: string
  /** The setting the filter comes from, for the sentence when it is malformed. */
  readonly filterKey: LdapKey
  /** Always explicit: `*` would let an entry send what nobody asked for. */
  readonly attributes: readonly string[]
  readonly page?: { readonly size: number; readonly cookie?: Uint8Array }
  /** More controls, which the server must understand. */
  readonly controls?: readonly { readonly oid: string; readonly value?: Uint8Array }[]
}

/** A control whose value is ready; ldapts writes the frame around it. */
class ReadyControl extends Control {
  readonly #value: Uint8Array | undefined

  constructor(oid: string, value: Uint8Array | undefined) {
    super(oid, { critical: true })
    this.#value = value
  }

  override writeControl(writer: Parameters<Control['writeControl']>[0]): void {
    if (this.#value) writer.writeBuffer(Buffer.from(this.#value), 0x04)
  }
}

/** Who we are: by password, by the client certificate (SASL EXTERNAL, RFC 4422 appendix A), or nobody in particular. */
export const bindRequest = (messageId: number, settings: LdapSettings): Buffer =>
  settings.ldapSaslExternal
    ? new BindRequest({ messageId, mechanism: 'EXTERNAL' }).write()
    : new BindRequest({ messageId, dn: settings.ldapBindDn, password: settings.ldapBindPassword }).write()

/** RFC 4511 section 4.14. */
export const startTlsRequest = (messageId: number): Buffer =>
  new ExtendedRequest({ messageId, oid: '1.3.6.1.4.1.1466.20037' }).write()

export const unbindRequest = (messageId: number): Buffer => new UnbindRequest({ messageId }).write()

/** @throws DirectoryFailure when the filter is not one */
export function searchRequest(messageId: number, search: Search): Buffer {
  const { base, scope, filter, filterKey, attributes, page } = search
  const more = (search.controls ?? []).map(({ oid, value }) => new ReadyControl(oid, value))
  const cookie = page?.cookie ? { cookie: Buffer.from(page.cookie) } : {}
  const paging = page ? [new PagedResultsControl({ value: { size: page.size, ...cookie } })] : []
  try {
    return new SearchRequest({
      ...{ messageId, baseDN: base, scope, attributes: [...attributes], timeLimit: 0, controls: [...paging, ...more] },
      filter: asBytes(FilterParser.parseString(spelt(filter))),
    }).write()
  } catch (cause) {
    throw new DirectoryFailure(filterKey, `is not a search filter: ${filter}. It looks like (objectClass=person).`, { cause })
  }
}

/** Everything that is not ASCII as `\\xx` (RFC 4515 section 3): then each character of a parsed value is one byte. */
const spelt = (filter: string): string =>
  filter.replace(/[^\0-\x7f]+/g, (text) => Buffer.from(text).toString('hex').replace(/../g, '\\$&'))

/** ldapts takes an escaped byte for a character and writes it as UTF-8, which is another value: ids would not be found. */
function asBytes(filter: Filter): Filter {
  if (filter instanceof AndFilter || filter instanceof OrFilter) filter.filters.forEach(asBytes)
  else if (filter instanceof NotFilter) asBytes(filter.filter)
  else if (filter instanceof EqualityFilter) filter.value = bytesOf(String(filter.value))
  else if (filter instanceof SubstringFilter) {
    filter.initial = textOf(filter.initial)
    filter.any = filter.any.map(textOf)
    filter.final = textOf(filter.final)
  } else if ('value' in filter && typeof filter.value === 'string') filter.value = textOf(filter.value)
  return filter
}

const bytesOf = (value: string): Buffer => Buffer.from(value, 'latin1')
const textOf = (value: string): string => bytesOf(value).toString('utf8')
