// Two settings of sign-up as people fill them in: groups to tick, claims as lines.
import type { GroupRow } from '#core/identity/actor.ts'
import type { ConfigurationEntry } from '#core/settings/configuration.ts'
import type { Faults } from '../forms.ts'
import { claimsKey, groupsKey } from '../sign-up-form.ts'
import type { View } from '../view.ts'
import { FaultLine } from './fault-line.tsx'
import { GroupChoices } from './group-choices.tsx'
import { isFixed, originOf } from './setting-field.tsx'

interface SignUpFieldProps {
  readonly view: View
  readonly entry: ConfigurationEntry
  readonly typed: string | undefined
  readonly faults: Faults
  readonly readOnly: boolean
  /** Groups that are made here. */
  readonly groups: readonly GroupRow[]
}

export const isSignUpField = (key: string): boolean => key === groupsKey || key === claimsKey

export function SignUpField({ view, entry, typed, faults, readOnly, groups }: SignUpFieldProps) {
  const { t, said } = view
  const { key, setting } = entry
  const fault = faults[key]
  const shared = {
    name: key,
    label: said(setting.label),
    hint: `${said(setting.help)}${originOf(view, entry)}`,
    fault: fault && said(fault),
    disabled: readOnly || isFixed(entry),
  }
  const value = typed === undefined ? entry.value : parsed(typed)
  if (key === groupsKey) {
    return <GroupChoices {...shared} none={t.invitations.groupsNone} groups={groups} chosen={value as readonly string[]} />
  }
  return <ClaimLines view={view} {...shared} claims={value as readonly Claim[]} />
}

interface Claim {
  readonly key: string
  readonly value: string
}

const parsed = (typed: string): unknown => {
  try {
    return JSON.parse(typed)
  } catch {
    return []
  }
}

interface ClaimLinesProps {
  readonly view: View
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly fault: string | undefined
  readonly disabled: boolean
  readonly claims: readonly Claim[]
}

const empty: Claim = { key: '', value: '' }

const ClaimLines = ({ view: { t }, name, label, hint, fault, disabled, claims }: ClaimLinesProps) => (
  <fieldset class="field wide claims" disabled={disabled}>
    <legend class="label">{label}</legend>
    {!disabled && <input type="hidden" name={name} value="[]" />}
    <FaultLine fault={fault} />
    {[...claims, empty, empty].map(({ key, value }, at) => (
      <div class="claim">
        <input
          class="input mono"
          name="key"
          value={key}
          placeholder={t.claims.key}
          aria-label={`${t.claims.line(at + 1)}: ${t.claims.key}`}
        />
        <input
          class="input mono"
          name="value"
          value={value}
          placeholder={t.claims.value}
          aria-label={`${t.claims.line(at + 1)}: ${t.claims.value}`}
        />
      </div>
    ))}
    <p class="hint">{`${hint} ${t.claims.hint}`}</p>
  </fieldset>
)
