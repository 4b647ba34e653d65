// Pure: a person's fields as a form sends them: which may be written, whether they fit, and the change that becomes of them.
import * as v from 'valibot'
import { Email, plainText, Username } from '#core/http/account-fields.ts'
import type { UserRow } from '#core/identity/actor.ts'
import type { UserPatch } from '#core/identity/ownership.ts'
import { type Checked, check, type FormValues } from './forms.ts'

const texts = {
  username: Username,
  email: Email,
  firstName: plainText({ most: 50 }),
  lastName: plainText({ most: 50 }),
  displayName: plainText({ most: 100 }),
  locale: v.pipe(plainText({ most: 35 }), v.regex(/^[A-Za-z0-9-]*$/, 'Must be a language tag such as en or pt-BR.')),
}
const flags = ['emailVerified', 'isAdmin', 'disabled'] as const

export type TextField = keyof typeof texts
export type FlagField = (typeof flags)[number]
export const textFields = Object.keys(texts) as readonly TextField[]

/** What a form shows: the row, or what somebody typed. */
export interface PersonValues {
  readonly text: Readonly<Record<TextField, string>>
  readonly flag: Readonly<Record<FlagField, boolean>>
}

export const valuesOfRow = (row: UserRow, disabled: boolean): PersonValues => ({
  text: {
    username: row.username,
    email: row.email ?? '',
    firstName: row.firstName,
    lastName: row.lastName,
    displayName: row.displayName,
    locale: row.locale ?? '',
  },
  flag: { emailVerified: row.emailVerified, isAdmin: row.isAdmin, disabled },
})

export const noPerson = (emailVerified: boolean): PersonValues => ({
  text: { username: '', email: '', firstName: '', lastName: '', displayName: '', locale: '' },
  flag: { emailVerified, isAdmin: false, disabled: false },
})

/** What was typed, over what was there: a locked field sends nothing. */
export function typedOver(known: PersonValues, form: FormValues): PersonValues {
  const sent = new Set(form.names)
  const text = textFields.map((name) => [name, sent.has(name) ? form.text(name) : known.text[name]] as const)
  const flag = flags.map((name) => [name, sent.has(name) ? form.checked(name) : known.flag[name]] as const)
  return { text: Object.fromEntries(text) as PersonValues['text'], flag: Object.fromEntries(flag) as PersonValues['flag'] }
}

interface Rules {
  /** Fields that are not written from this form. */
  readonly closed: ReadonlySet<string>
  readonly emailRequired: boolean
}

/** The change that the values ask for. Closed fields are neither checked nor written: a directory may know other rules. */
export function personPatch(values: PersonValues, { closed, emailRequired }: Rules): Checked<UserPatch> {
  const open = textFields.filter((name) => !closed.has(name))
  const schema = v.object(Object.fromEntries(open.map((name) => [name, texts[name]])))
  const checked = check(schema, values.text)
  if (checked.kind === 'bad') return checked
  const input: Partial<Record<TextField, string>> = checked.input
  if (emailRequired && input.email === '') return { kind: 'bad', faults: { email: 'Must not be empty.' } }
  const { email, locale, displayName, ...rest } = input
  const names = [values.text.firstName, values.text.lastName].map((name) => name.trim()).filter(Boolean)
  return {
    kind: 'good',
    input: {
      ...rest,
      ...(email === undefined ? {} : { email: email || null }),
      ...(locale === undefined ? {} : { locale: locale || null }),
      ...(displayName === undefined ? {} : { displayName: displayName || names.join(' ') || values.text.username.trim() }),
      ...Object.fromEntries(flags.filter((name) => !closed.has(name)).map((name) => [name, values.flag[name]])),
    },
  }
}
