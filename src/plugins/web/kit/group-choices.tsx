// Groups to tick: those whose members are said here.
import type { GroupRow } from '#core/identity/actor.ts'
import { FaultLine } from './fault-line.tsx'

interface GroupChoicesProps {
  readonly name: string
  readonly label: string
  readonly none: string
  readonly groups: readonly GroupRow[]
  readonly chosen: readonly string[]
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  readonly disabled?: boolean
}

export const GroupChoices = ({ name, label, none, groups, chosen, hint, fault, disabled }: GroupChoicesProps) => (
  <fieldset class="field wide" disabled={disabled}>
    <legend class="label">{label}</legend>
    {!disabled && <input type="hidden" name={name} value="" />}
    <FaultLine fault={fault} />
    {groups.length === 0 && <p class="hint">{none}</p>}
    <div class="choices">
      {groups.map((group) => (
        <label class="check">
          <input type="checkbox" name={name} value={group.id} checked={chosen.includes(group.id)} />
          <span>{group.friendlyName}</span>
        </label>
      ))}
    </div>
    {hint && <p class="hint">{hint}</p>}
  </fieldset>
)
