// What is wrong with an input, below it.
import { Icon } from './icon.tsx'

interface FaultLineProps {
  /** In the reader's language; nothing is drawn without one. */
  readonly fault: string | undefined
  /** For the input's `aria-describedby`. */
  readonly id?: string
  /** Read out at once, where no input points here. */
  readonly alert?: boolean
}

export const FaultLine = ({ fault, id, alert }: FaultLineProps) =>
  fault ? (
    <p class="fault" id={id} role={alert ? 'alert' : undefined}>
      <Icon name="circle-alert" />
      <span>{fault}</span>
    </p>
  ) : null
