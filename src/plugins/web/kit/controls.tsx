// Fields of a form: label, where the value comes from, hint and fault, each tied to its input.
import type { Child, PropsWithChildren } from 'hono/jsx'
import { FaultLine } from './fault-line.tsx'
import { Icon } from './icon.tsx'

export interface FieldProps {
  readonly name: string
  readonly label: string
  readonly value?: string | undefined
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  readonly required?: boolean
  /** The word behind the mark of a required field. */
  readonly requiredWord?: string
  readonly disabled?: boolean
  /** Beside the label: ENV, a lock. */
  readonly mark?: Child
  readonly type?: string
  readonly mono?: boolean
  readonly wide?: boolean
  readonly autocomplete?: string
  readonly placeholder?: string
  readonly autofocus?: boolean
  readonly maxlength?: number
}

const ids = ({ name, hint, fault }: Pick<FieldProps, 'name' | 'hint' | 'fault'>) => {
  const id = `f-${name}`
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return { id, aria: { 'aria-describedby': described || undefined, 'aria-invalid': fault ? ('true' as const) : undefined } }
}

const Below = ({
  id,
  hint,
  fault,
}: {
  readonly id: string
  readonly hint?: string | undefined
  readonly fault?: string | undefined
}) => (
  <>
    <FaultLine fault={fault} id={`${id}-fault`} />
    {hint && (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
  </>
)

const Label = ({ props, id }: { readonly props: FieldProps; readonly id: string }) => (
  <div class="label">
    <label for={id}>
      {props.label}
      {props.required && (
        <span class="mark-required" title={props.requiredWord} aria-hidden="true">
          *
        </span>
      )}
    </label>
    {props.mark}
  </div>
)

/** A line of text. */
export function Field(props: FieldProps) {
  const { name, value, required, disabled, type = 'text', mono, wide, autocomplete, placeholder, autofocus, maxlength } = props
  const { id, aria } = ids(props)
  return (
    <div class={wide ? 'field wide' : 'field'}>
      <Label props={props} id={id} />
      <input
        class={mono ? 'input mono' : 'input'}
        {...{ id, name, type, required, disabled, autocomplete, placeholder, autofocus, maxlength }}
        value={value}
        {...aria}
      />
      <Below id={id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

/** Several lines. */
export function TextArea(props: FieldProps) {
  const { name, value, disabled } = props
  const { id, aria } = ids(props)
  return (
    <div class="field wide">
      <Label props={props} id={id} />
      <textarea class="input mono" rows={4} {...{ id, name, disabled }} {...aria}>
        {value}
      </textarea>
      <Below id={id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

export type Options = readonly (readonly [value: string, label: string])[]

/** One of a few. */
export function Choice({ options, ...props }: FieldProps & { readonly options: Options }) {
  const { name, value, disabled, required } = props
  const { id, aria } = ids(props)
  return (
    <div class="field">
      <Label props={props} id={id} />
      <div class="select">
        <select class="input" {...{ id, name, disabled, required }} {...aria}>
          {options.map(([one, label]) => (
            <option value={one} selected={one === value}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" />
      </div>
      <Below id={id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

interface SwitchProps {
  readonly name: string
  readonly label: string
  readonly checked: boolean
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  readonly disabled?: boolean
  readonly mark?: Child
}

/** On or off. A hidden field says "off", because a checkbox that is off sends nothing. */
export function Switch({ name, label, checked, hint, fault, disabled, mark }: SwitchProps) {
  const { id, aria } = ids({ name, hint, fault })
  return (
    <div class="field switch-field">
      {!disabled && <input type="hidden" name={name} value="false" />}
      <input type="checkbox" role="switch" class="switch" value="true" {...{ id, name, checked, disabled }} {...aria} />
      <div>
        <div class="label">
          <label for={id}>{label}</label>
          {mark}
        </div>
        <Below id={id} hint={hint} fault={fault} />
      </div>
    </div>
  )
}

interface ActionProps {
  readonly to: string
  readonly class?: string
  /** Said on the button while the server works. */
  readonly busy?: string
  readonly hidden?: Readonly<Record<string, string>>
  /** What an island does beside sending it. */
  readonly live?: 'steps' | 'run'
}

/** A button that changes something: a form of its own, so that it works without script. */
export const Action = ({ to, class: look = 'button', busy, hidden = {}, live, children }: PropsWithChildren<ActionProps>) => (
  <form method="post" action={to} class="action" data-busy={busy}>
    {Object.entries(hidden).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <button type="submit" class={look} data-live={live}>
      {children}
    </button>
  </form>
)
