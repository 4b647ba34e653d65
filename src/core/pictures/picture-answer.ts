// A stored picture as an answer: named by its content, so that a browser that holds it gets a few bytes.
import type { Context } from 'hono'
import { shownAnywhere } from '../http/letterhead.ts'
import type { StoredPicture } from '../images-port.ts'
import { pictureErrors } from './errors.ts'

/** A drawing may hold script. Shown by itself it is in a sandbox, without any right here; inside a page it is a picture anyway. */
const sandbox = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

/** @throws AppError image_not_found */
export async function pictureAnswer(c: Context, picture: StoredPicture | undefined, cacheControl: string): Promise<Response> {
  if (!picture) throw pictureErrors.refuse('image_not_found')
  const headers = { ...shownAnywhere, etag: `"${picture.digest}"`, 'cache-control': cacheControl }
  if (holds(c.req.header('if-none-match'), headers.etag)) return c.body(null, 304, headers)
  const bytes = await picture.read()
  if (!bytes) throw pictureErrors.refuse('image_not_found')
  const policy = picture.type === 'image/svg+xml' ? { 'content-security-policy': sandbox } : {}
  return c.body(Uint8Array.from(bytes), 200, { ...headers, ...policy, 'content-type': picture.type })
}

/** If-None-Match (RFC 9110 section 13.1.2): a list of tags, weak ones too, or a star. */
const holds = (header: string | undefined, etag: string): boolean =>
  (header ?? '')
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*')
