// One setting as a field, drawn from its declaration: its kind, its help, and where its value comes from.

import type { Child } from 'hono/jsx'
import { type ConfigurationEntry, masked } from '#core/settings/configuration.ts'
import type { Faults } from '../forms.ts'
import type { View } from '../view.ts'
import { Choice, Field, Switch, TextArea } from './controls.tsx'
import { Icon } from './icon.tsx'
import { Badge } from './pieces.tsx'

interface SettingFieldProps {
  readonly view: View
  readonly entry: ConfigurationEntry
  /** What somebody typed, where it was refused. */
  readonly typed: string | undefined
  readonly faults: Faults
  /** Nothing can be changed here. */
  readonly readOnly: boolean
}

export const isFixed = (entry: ConfigurationEntry): boolean => entry.origin === 'environment' || entry.origin === 'file'

/** DNs, filters, attribute names, addresses: what is typed letter by letter. */
const isTechnical = (key: string): boolean => /(dn|url|base|filter|attribute|file|name)/i.test(key) && !/^app/.test(key)
const isLong = (key: string): boolean => /certificate$/i.test(key)

export function SettingField({ view, entry, typed, faults, readOnly }: SettingFieldProps) {
  const { t, said } = view
  const { key, setting } = entry
  const fault = faults[key]
  const secretIsSet = setting.secret && entry.raw !== '' && !isFixed(entry)
  const shared = {
    name: key,
    label: said(setting.label),
    hint: `${said(setting.help)}${originOf(view, entry)}${secretIsSet ? ` ${t.configuration.secretSet}` : ''}`,
    fault: fault && said(fault),
    disabled: readOnly || isFixed(entry),
    mark: <OriginBadge view={view} entry={entry} />,
  }
  const value = typed ?? masked(entry)
  if (setting.kind === 'flag')
    return <Switch {...shared} checked={typed === undefined ? entry.value === true : typed === 'true'} />
  if (setting.kind === 'choice')
    return <Choice {...shared} value={value} options={(setting.choices ?? []).map((one) => [one, one] as const)} />
  if (isLong(key)) return <TextArea {...shared} value={value} />
  const technical = isTechnical(key)
  const look = { mono: technical, placeholder: setting.default, autocomplete: setting.secret ? 'new-password' : 'off' }
  const field = <Field {...shared} {...look} value={value} type={setting.secret ? 'password' : 'text'} />
  return key === 'accentColor' ? <Chooser view={view} field={field} disabled={shared.disabled} name={key} /> : field
}

interface ChooserProps {
  readonly view: View
  readonly field: Child
  readonly name: string
  readonly disabled: boolean
}

/** A colour is seen and chosen beside the field in which it can be typed; the island keeps both the same (islands/configuration.ts). */
const Chooser = ({ view, field, name, disabled }: ChooserProps) => (
  <div class="chooser">
    {field}
    <input
      type="color"
      class="swatch"
      data-colour-of={name}
      aria-label={view.t.configuration.colour}
      disabled={disabled}
      hidden
    />
  </div>
)

/** Where a value comes from that is not set here, as a sentence. */
export function originOf(view: View, entry: ConfigurationEntry): string {
  if (entry.origin === 'environment') return ` ${view.t.configuration.setBy(entry.variable)}`
  if (entry.origin === 'file') return ` ${view.t.configuration.readFrom(entry.variable)}`
  return ''
}

function OriginBadge({ view, entry }: Pick<SettingFieldProps, 'view' | 'entry'>) {
  const { configuration } = view.t
  if (entry.origin === 'environment') {
    return (
      <Badge tone="accent" icon="lock">
        {configuration.environment}
      </Badge>
    )
  }
  if (entry.origin === 'file') {
    return (
      <Badge tone="accent" icon="file-key">
        {configuration.file}
      </Badge>
    )
  }
  return entry.setting.secret ? <Icon name="lock" /> : null
}
