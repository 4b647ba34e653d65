// The fields of somebody who makes an account for himself.
import type { Faults } from '../forms.ts'
import type { View } from '../view.ts'
import { Field } from './controls.tsx'

export interface FrontPersonProps {
  readonly view: View
  readonly typed: Readonly<Record<string, string>>
  readonly faults: Faults
  readonly emailRequired: boolean
}

export function FrontPerson({ view, typed, faults, emailRequired }: FrontPersonProps) {
  const { t, said } = view
  const field = (name: 'firstName' | 'lastName' | 'username' | 'email') => ({
    name,
    label: t.person[name],
    value: typed[name] ?? '',
    fault: faults[name] && said(faults[name]),
    requiredWord: t.app.required,
  })
  return (
    <>
      <div class="pair">
        <Field {...field('firstName')} required autofocus autocomplete="given-name" />
        <Field {...field('lastName')} autocomplete="family-name" />
      </div>
      <Field {...field('username')} required autocomplete="username" />
      <Field {...field('email')} required={emailRequired} type="email" autocomplete="email" />
    </>
  )
}
