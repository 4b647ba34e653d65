// A person's picture: put up, or taken down again.
import type { ShownPicture } from '../person-pictures.ts'
import type { View } from '../view.ts'
import { Action } from './controls.tsx'
import { FaultLine } from './fault-line.tsx'
import { Icon } from './icon.tsx'
import { Avatar, Card } from './pieces.tsx'

interface PictureCardProps {
  readonly view: View
  readonly name: string
  readonly picture: ShownPicture | undefined
  /** Where the file is posted to; taking it down is `/delete` below it. */
  readonly action: string
  readonly fault?: string | undefined
}

export const PictureCard = ({ view, name, picture, action, fault }: PictureCardProps) => {
  const t = view.t.picture
  return (
    <Card
      id="picture"
      title={t.title}
      lead={picture?.fromSource ? (picture.own ? t.leadOwn : t.leadSource) : t.lead}
      aside={
        picture?.own && (
          <Action to={`${action}/delete`} class="button danger">
            <Icon name={picture.fromSource ? 'rotate-ccw' : 'trash-2'} />
            <span>{picture.fromSource ? t.restore : t.remove}</span>
          </Action>
        )
      }
    >
      <form method="post" action={action} enctype="multipart/form-data" class="inline-form" data-busy={view.t.app.working}>
        <Avatar name={name} picture={picture?.href} large />
        <input
          type="file"
          name="file"
          class="input"
          required
          accept="image/jpeg,image/png,image/webp"
          aria-label={t.file}
          aria-invalid={fault ? 'true' : undefined}
        />
        <button type="submit" class="button">
          <Icon name="upload" />
          <span>{t.put}</span>
        </button>
      </form>
      <FaultLine fault={fault && view.said(fault)} alert />
    </Card>
  )
}
