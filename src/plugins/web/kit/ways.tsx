// The ways in beside the passkey: as tiles below its button, or as a list with a word about each.
import type { View } from '../view.ts'
import type { Way } from '../ways.ts'
import { Icon } from './icon.tsx'

interface WaysProps {
  readonly view: View
  readonly ways: readonly Way[]
  readonly next: string
}

export const withNext = (path: string, next: string) => (next === '/' ? path : `${path}?next=${encodeURIComponent(next)}`)

const wordsOf = (view: View, { kind }: Way): readonly [name: string, about: string] => view.t.ways.kinds[kind] ?? [kind, '']

export const WayTiles = ({ view, ways, next }: WaysProps) => (
  <div class="ways">
    {ways.map((way) => (
      <a class="way" href={withNext(way.href, next)}>
        <Icon name={way.icon} />
        {wordsOf(view, way)[0]}
      </a>
    ))}
  </div>
)

export const WayList = ({ view, ways, next }: WaysProps) => (
  <ul class="way-list">
    {ways.map((way) => {
      const [name, about] = wordsOf(view, way)
      return (
        <li>
          <a href={withNext(way.href, next)}>
            <span class="row-icon">
              <Icon name={way.icon} />
            </span>
            <span>
              <strong>{name}</strong>
              <span class="muted">{about}</span>
            </span>
            <Icon name="chevron-right" />
          </a>
        </li>
      )
    })}
  </ul>
)
