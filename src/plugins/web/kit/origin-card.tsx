// Where a synced account or group comes from: its DN, and for each field the attribute and the setting that names it.
import type { DirectoryOrigin, OriginField } from '#core/directory-ports.ts'
import type { View } from '../view.ts'
import { Ago, Badge, Card, Copyable } from './pieces.tsx'

interface OriginProps {
  readonly view: View
  readonly origin: DirectoryOrigin
  readonly names: Readonly<Record<string, unknown>>
}

/** @param names what the fields are called on this page, by field */
export const OriginCard = ({ view, origin, names }: OriginProps) => {
  const { t } = view
  const { dn, label, seenAt, fields } = origin
  return (
    <Card
      id="origin"
      title={t.origin.title}
      lead={
        seenAt ? (
          <>
            {t.origin.seen} <Ago view={view} at={seenAt} />
          </>
        ) : (
          t.origin.notSeen
        )
      }
      aside={<Badge icon="folder-sync">{label}</Badge>}
    >
      {dn === null ? <p class="muted">{t.origin.noDn}</p> : <Copyable view={view} text={dn} label={t.origin.dn} />}
      <dl class="origins">
        {fields.map((field) => (
          <div>
            <dt>{nameOf(field, names, t.origin.fields)}</dt>
            <dd>
              {field.attribute && <code>{field.attribute}</code>}
              <span class="muted mono">{field.setting}</span>
              {field.note && <span class="muted origin-note">{inWords(view, field.note)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

const claimMark = 'claim:'

function nameOf({ field }: OriginField, ...names: readonly Readonly<Record<string, unknown>>[]) {
  if (field.startsWith(claimMark)) return <code>{field.slice(claimMark.length)}</code>
  const known = names.map((some) => some[field]).find((name) => typeof name === 'string')
  return typeof known === 'string' ? known : field
}

/** A note is one sentence or several. */
const inWords = ({ said }: View, note: string): string =>
  note
    .split(/(?<=\.) /)
    .map(said)
    .join(' ')

/** What an attribute is called, by field: said beside a field that cannot be edited here. */
export const attributesOf = (origin: DirectoryOrigin | undefined): ReadonlyMap<string, string> =>
  new Map(origin?.fields.flatMap(({ field, attribute }) => (attribute === null ? [] : [[field, attribute] as const])))
