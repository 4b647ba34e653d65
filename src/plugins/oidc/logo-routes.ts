// Logos of apps over REST: read by everybody, kept by administrators.
import { type Context, Hono } from 'hono'
import { describe } from '#core/http/contract.ts'
import { uploadedFile } from '#core/http/upload.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { pictureAnswer } from '#core/pictures/picture-answer.ts'
import type { Apps, LogoVariant } from '#core/ports-apps.ts'
import type { ClientLogos } from './client-logos.ts'
import type { OidcHost } from './provider.ts'

const tag = 'Apps'
const path = '/api/oidc/clients/:id/logo'
/** A quarter of an hour fresh, half a day good enough while a new one is fetched. */
const cacheControl = 'public, max-age=900, stale-while-revalidate=43200'

export function logoRoutes({ identity: { requireAdmin } }: Pick<OidcHost, 'identity'>, apps: Apps, logos: ClientLogos) {
  return new Hono<HostEnv>()
    .get(path, async (c) => pictureAnswer(c, await logos.read(c.req.param('id'), variantOf(c)), cacheControl))
    .post(
      path,
      describe({
        id: 'setAppLogo',
        tag,
        summary: 'Set the logo (light=false: the one for dark pages)',
        answers: { 204: null },
        refusals: ['not_found', 'file_type_not_supported', 'file_too_large'],
      }),
      requireAdmin,
      async (c) => {
        await apps.setLogo(c.req.param('id'), variantOf(c), await uploadedFile(c))
        return c.body(null, 204)
      },
    )
    .delete(
      path,
      describe({ id: 'removeAppLogo', tag, summary: 'Remove the logo', answers: { 204: null }, refusals: ['not_found'] }),
      requireAdmin,
      async (c) => {
        await apps.removeLogo(c.req.param('id'), variantOf(c))
        return c.body(null, 204)
      },
    )
}

/** `?light=false` means dark pages, as Pocket ID has it. */
const variantOf = (c: Context): LogoVariant =>
  ['false', '0', 'f'].includes(c.req.query('light')?.toLowerCase() ?? '') ? 'dark' : 'light'
