// The instance's own pictures, each as it looks where it is shown: put up, or taken down again.
import type { ImageName } from '#core/images-port.ts'
import type { Faults } from '../forms.ts'
import type { View } from '../view.ts'
import { Art } from './art.tsx'
import { Action } from './controls.tsx'
import { FaultLine } from './fault-line.tsx'
import { Icon } from './icon.tsx'
import { Mark } from './mark.tsx'
import { Badge, Card } from './pieces.tsx'

interface ImagesCardProps {
  readonly view: View
  /** Where files are posted to, with the picture's name behind it; taking one down is `/delete` below that. */
  readonly base: string
  /** By the picture's name. */
  readonly faults: Faults
}

const raster = 'image/png,image/jpeg,image/webp'
const drawing = `image/svg+xml,${raster}`

const accepts: Readonly<Record<ImageName, string>> = {
  logo: drawing,
  'logo-dark': drawing,
  background: drawing,
  favicon: `image/x-icon,${drawing}`,
  email: raster,
  'default-profile-picture': raster,
}
const names = Object.keys(accepts) as ImageName[]

export const ImagesCard = ({ view, base, faults }: ImagesCardProps) => (
  <Card id="images" title={view.t.images.title} lead={view.t.images.lead}>
    <ul class="images">
      {names.map((name) => (
        <ImageTile view={view} name={name} action={`${base}/${name}`} fault={faults[name]} />
      ))}
    </ul>
  </Card>
)

interface TileProps {
  readonly view: View
  readonly name: ImageName
  readonly action: string
  readonly fault: string | undefined
}

function ImageTile({ view, name, action, fault }: TileProps) {
  const t = view.t.images
  const [title, about] = t.kinds[name] ?? [name, '']
  const href = view.image(name)
  return (
    <li>
      <div class={`image-show ${name}`}>{href ? <img src={href} alt="" loading="lazy" /> : <Absent name={name} />}</div>
      <div class="image-about">
        <p class="label">
          {title} {href && <Badge tone="accent">{t.own}</Badge>}
        </p>
        <p class="hint">{about}</p>
        <div class="inline-form">
          <form method="post" action={action} enctype="multipart/form-data" class="inline-form" data-send-chosen>
            <input
              type="file"
              name="file"
              class="input"
              required
              accept={accepts[name]}
              aria-label={t.file(title)}
              aria-invalid={fault ? 'true' : undefined}
            />
            <button type="submit" class="button small">
              <span>{t.put}</span>
            </button>
          </form>
          {href && (
            <Action to={`${action}/delete`} class="icon-button danger">
              <Icon name="trash-2" />
              <span class="said">{t.remove(title)}</span>
            </Action>
          )}
        </div>
        <FaultLine fault={fault && view.said(fault)} alert />
      </div>
    </li>
  )
}

/** What is shown where none was put up. */
function Absent({ name }: { readonly name: ImageName }) {
  if (name === 'background') return <Art />
  return name === 'email' || name === 'default-profile-picture' ? <Icon name="image" /> : <Mark id={`mark-${name}`} />
}
