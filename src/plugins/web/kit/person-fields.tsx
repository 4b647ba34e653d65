// The fields of a person, in one's own account and in the administration. What a directory owns is greyed and says so.
import type { Faults } from '../forms.ts'
import { languageNames, languages } from '../messages/languages.ts'
import type { FlagField, PersonValues, TextField } from '../person.ts'
import type { View } from '../view.ts'
import { Choice, Field, Switch } from './controls.tsx'
import { Lock } from './lock.tsx'

interface PersonFieldsProps {
  readonly view: View
  readonly values: PersonValues
  readonly faults: Faults
  /** Owned by a directory. */
  readonly locked: ReadonlySet<string>
  readonly owner: string | undefined
  /** The attribute that each of them comes from, where it is known. */
  readonly attributes?: ReadonlyMap<string, string>
  /** Closed for another reason: people may not edit their own account. */
  readonly closed?: ReadonlySet<string>
  readonly emailRequired: boolean
  /** With what only an administrator decides. */
  readonly admin?: boolean
}

export function PersonFields(props: PersonFieldsProps) {
  const { view, values, faults, locked, owner, attributes, closed = locked, emailRequired, admin } = props
  const { t, said } = view
  const mark = (name: string) => locked.has(name) && <Lock view={view} owner={owner} attribute={attributes?.get(name)} />
  const shared = (name: TextField | FlagField) => ({
    name,
    label: t.person[name],
    disabled: closed.has(name),
    mark: mark(name),
    fault: faults[name] && said(faults[name]),
    requiredWord: t.app.required,
  })
  const field = (name: TextField) => ({ ...shared(name), value: values.text[name] })
  const flag = (name: FlagField) => ({ ...shared(name), checked: values.flag[name] })
  const open = (name: string) => !closed.has(name)
  return (
    <div class="fields">
      <Field {...field('firstName')} autocomplete="off" />
      <Field {...field('lastName')} autocomplete="off" />
      <Field {...field('displayName')} autocomplete="off" hint={open('displayName') ? t.person.displayNameHelp : undefined} />
      <Field {...field('username')} autocomplete="off" required={open('username')} />
      <Field {...field('email')} type="email" autocomplete="off" required={emailRequired && open('email')} />
      <Choice
        {...field('locale')}
        options={[['', t.person.localeNone], ...languages.map((one) => [one, languageNames[one]] as const)]}
      />
      {admin && <Switch {...flag('emailVerified')} />}
      {admin && <Switch {...flag('isAdmin')} hint={t.person.isAdminHelp} />}
      {admin && <Switch {...flag('disabled')} hint={t.person.disabledHelp} />}
    </div>
  )
}
