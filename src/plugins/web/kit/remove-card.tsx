// What goes for good is asked for twice: open, tick, press. Without script too.
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { Card } from './pieces.tsx'

interface RemoveCardProps {
  readonly view: View
  readonly action: string
  readonly title: string
  readonly lead: string
  readonly confirm: string
  readonly possible: boolean
}

export const RemoveCard = ({ view, action, title, lead, confirm, possible }: RemoveCardProps) => (
  <Card title={title} lead={lead}>
    {possible && (
      <details class="remove">
        <summary class="button danger">
          <Icon name="trash-2" />
          <span>{title}</span>
        </summary>
        <form method="post" action={action} class="inline-form" data-busy={view.t.app.working}>
          <label class="check">
            <input type="checkbox" name="sure" value="yes" required />
            {confirm}
          </label>
          <button type="submit" class="button danger solid">
            <span>{view.t.passkeys.remove}</span>
          </button>
        </form>
      </details>
    )}
  </Card>
)
