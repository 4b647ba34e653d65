// The mark of a field that a directory decides: a lock, with the attribute it comes from.
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'

interface LockProps {
  readonly view: View
  readonly owner: string | undefined
  readonly attribute: string | undefined
}

export const Lock = ({ view: { t }, owner = t.app.directory, attribute }: LockProps) => {
  const words = attribute === undefined ? t.app.locked(owner) : t.origin.locked(owner, attribute)
  return (
    <span class="lock" title={words}>
      <Icon name="lock" />
      {attribute && <code aria-hidden="true">{attribute}</code>}
      <span class="said">{words}</span>
    </span>
  )
}
