// Everything that a run or a plan changed or left out, to save as a spreadsheet: a page shows only the first of it.
import type { DirectoryReport } from '#core/directory-ports.ts'
import { withSource } from '../pages/paths.ts'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'

interface SheetProps {
  readonly view: View
  readonly report: DirectoryReport
  readonly list: 'changes' | 'problems'
  readonly source: string
  /** The icon alone; it is said what it is. */
  readonly small?: boolean
}

export function SheetLink({ view, report, list, source, small }: SheetProps) {
  const { run, plan } = report
  const owner = run ? `runs/${run.id}` : plan === null ? undefined : `plans/${plan}`
  if (owner === undefined) return null
  const { changesCsv, problemsCsv } = view.t.directory
  const words = list === 'changes' ? changesCsv : problemsCsv
  return (
    <a
      class={small ? 'icon-button' : 'button small'}
      href={withSource(`/api/ldap/${owner}/${list}.csv`, source)}
      title={small ? words : undefined}
      download
    >
      <Icon name="download" />
      <span class={small ? 'said' : undefined}>{words}</span>
    </a>
  )
}
