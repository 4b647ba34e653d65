// Forms of one line: something picked from a list, or typed, and the button that sends it.
import { Icon } from './icon.tsx'
import type { IconName } from './icon-paths.ts'

interface OneLine {
  readonly action: string
  readonly name: string
  /** What is picked or typed, for those who see the field and those who hear it. */
  readonly label: string
  readonly icon: IconName
  readonly submit: string
}

/** One of a few, of which none is chosen yet. */
export const PickForm = ({ action, name, label, icon, submit, options }: OneLine & { readonly options: readonly Option[] }) => (
  <form method="post" action={action} class="inline-form">
    <div class="select">
      <select class="input" name={name} required aria-label={label}>
        <option value="">{label}</option>
        {options.map(([value, words]) => (
          <option value={value}>{words}</option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </div>
    <Send icon={icon} submit={submit} />
  </form>
)

type Option = readonly [value: string, words: string]

interface AskFormProps extends OneLine {
  /** What was typed before and is not right. */
  readonly value?: string
  readonly wrong?: boolean
  readonly optional?: boolean
  readonly maxlength?: number
  /** What the button says while it works. */
  readonly busy?: string
}

/** A word or two. */
export const AskForm = ({ action, name, label, icon, submit, value, wrong, optional, maxlength, busy }: AskFormProps) => (
  <form method="post" action={action} class="inline-form" data-busy={busy}>
    <input
      class="input"
      {...{ name, value, maxlength }}
      required={!optional}
      placeholder={label}
      aria-label={label}
      aria-invalid={wrong ? 'true' : undefined}
    />
    <Send icon={icon} submit={submit} />
  </form>
)

const Send = ({ icon, submit }: Pick<OneLine, 'icon' | 'submit'>) => (
  <button type="submit" class="button">
    <Icon name={icon} />
    <span>{submit}</span>
  </button>
)
