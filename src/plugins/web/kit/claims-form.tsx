// Custom claims as lines of a name and a value; works without script, because there is always an empty line more.
import type { Faults } from '../forms.ts'
import type { View } from '../view.ts'
import { Notice } from './pieces.tsx'

export interface Claim {
  readonly key: string
  readonly value: string
  /** The directory that decides it; then it is only shown. */
  readonly source?: string | undefined
}

interface ClaimsProps {
  readonly view: View
  readonly action: string
  readonly claims: readonly Claim[]
  readonly faults: Faults
}

const emptyLines: readonly Claim[] = [
  { key: '', value: '' },
  { key: '', value: '' },
]

export const ClaimsForm = ({ view, action, claims, faults }: ClaimsProps) => {
  const { t, said } = view
  return (
    <form method="post" action={action} class="claims" data-busy={t.app.working}>
      {faults.claims && <Notice tone="bad">{said(faults.claims)}</Notice>}
      {[...claims, ...emptyLines].map(({ key, value, source }, index) => (
        <div class="claim">
          <input
            class="input mono"
            name="key"
            value={key}
            disabled={source !== undefined}
            placeholder={t.claims.key}
            aria-label={`${t.claims.line(index + 1)}: ${t.claims.key}`}
          />
          <input
            class="input mono"
            name="value"
            value={value}
            disabled={source !== undefined}
            title={source === undefined ? undefined : t.claims.owned(source)}
            placeholder={t.claims.value}
            aria-label={`${t.claims.line(index + 1)}: ${t.claims.value}`}
          />
        </div>
      ))}
      <div class="form-end">
        <span class="muted">{t.claims.hint}</span>
        <button type="submit" class="button">
          <span>{t.claims.save}</span>
        </button>
      </div>
    </form>
  )
}
