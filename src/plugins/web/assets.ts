// The files that pages load: read once, named by their content so that browsers keep them, compressed on first use.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { sha256 } from '#core/crypto.ts'

export interface Asset {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Changes with the content. */
  readonly version: string
  /** The bytes as brotli; undefined where that gains nothing. */
  brotli(): Promise<Uint8Array<ArrayBuffer> | undefined>
}

export interface Assets {
  find(name: string): Asset | undefined
  /** The address to put into a page: `/assets/app.css?v=...`. */
  href(name: string): string
}

const folder = new URL('./assets/', import.meta.url)
/** The files of each stylesheet, in the order of the cascade. Who is not in yet gets the little that the pages before that need. */
const sheets: Readonly<Record<string, readonly string[]>> = {
  'front.css': ['reset', 'base', 'kit', 'kit-forms', 'front'],
  'app.css': ['reset', 'base', 'kit', 'kit-forms', 'kit-lists', 'front', 'shell', 'configuration', 'directory'],
}
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Reads everything there is to serve. Islands are built, so their folder may be missing while somebody develops. */
export function readAssets(): Assets {
  const place = fileURLToPath(folder)
  const files = ['favicon.svg', ...below(place, 'fonts', '.woff2'), ...below(place, 'islands', '.js')]
  const found = new Map(files.map((name) => [name, asset(name, readFileSync(join(place, name)))]))
  const href = (name: string) => `/assets/${name}${found.has(name) ? `?v=${found.get(name)?.version}` : ''}`
  for (const [sheet, parts] of Object.entries(sheets)) {
    const css = parts.map((name) => readFileSync(join(place, 'css', `${name}.css`), 'utf8')).join('\n')
    const linked = css.replace(/url\(\.\.\/(fonts\/[\w.-]+)\)/g, (_, name) => `url(${href(name)})`)
    found.set(sheet, asset(sheet, Buffer.from(smaller(linked))))
  }
  return { find: (name) => found.get(name), href }
}

const below = (place: string, name: string, ending: string): readonly string[] =>
  existsSync(join(place, name))
    ? readdirSync(join(place, name))
        .filter((file) => file.endsWith(ending))
        .map((file) => `${name}/${file}`)
    : []

/** Without comments and indentation. */
const smaller = (css: string): string => css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s+/gm, '')

/** An asset from its content. */
export function asset(name: string, content: Uint8Array): Asset {
  const bytes = new Uint8Array(content)
  let packed: Promise<Uint8Array<ArrayBuffer>> | undefined
  return {
    type: types[extname(name)] ?? 'application/octet-stream',
    bytes,
    version: sha256(bytes).slice(0, 10),
    // A font is compressed already.
    async brotli() {
      if (name.endsWith('.woff2')) return undefined
      packed ??= compress(bytes, 11)
      return packed
    },
  }
}

const brotli = promisify(brotliCompress)

/** @param quality 0 to 11; pages are made anew each time and take a low one */
export const compress = async (bytes: Uint8Array, quality: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }))

/** Whether a browser takes brotli (RFC 9110 section 12.5.3). */
export const takesBrotli = (acceptEncoding: string | undefined): boolean => /(^|[\s,])br($|[\s,;])/.test(acceptEncoding ?? '')
