// An app's own sign; a letter where it has none.
import type { AppMeta } from '#core/ports.ts'

export function AppLogo({ client }: { readonly client: AppMeta }) {
  const logo = `/api/oidc/clients/${encodeURIComponent(client.id)}/logo`
  if (!client.hasLogo && !client.hasDarkLogo) return <span class="app-letter">{[...client.name][0]?.toUpperCase()}</span>
  return (
    <picture class="app-logo">
      {client.hasDarkLogo && <source srcset={`${logo}?light=false`} media="(prefers-color-scheme: dark)" />}
      <img src={`${logo}?light=${client.hasLogo}`} alt="" width={48} height={48} loading="lazy" />
    </picture>
  )
}
