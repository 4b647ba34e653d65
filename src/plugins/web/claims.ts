// Pure: the lines of a claims form as claims. Empty names are left out, so a line is removed by emptying it.
import * as v from 'valibot'
import { Claim } from '#core/http/account-fields.ts'
import { check, type Faults, type FormValues } from './forms.ts'

interface Line {
  readonly key: string
  readonly value: string
}

type ClaimLines = { readonly typed: readonly Line[] } & (
  | { readonly kind: 'good'; readonly input: readonly Line[] }
  | { readonly kind: 'bad'; readonly faults: Faults }
)

/** What was typed, and the claims that it makes. */
export function claimLines(form: FormValues): ClaimLines {
  const values = form.all('value')
  const typed = form.all('key').map((key, at) => ({ key, value: values[at] ?? '' }))
  const named = typed.filter(({ key }) => key.trim() !== '')
  const checked = check(v.array(Claim), named)
  if (checked.kind === 'good') return { kind: 'good', typed: named, input: checked.input }
  const [place = '', message = ''] = Object.entries(checked.faults)[0] ?? []
  return { kind: 'bad', typed: named, faults: { claims: `${named[Number(place.split('.')[0])]?.key ?? ''}: ${message}` } }
}
