// One icon, inlined.
import { raw } from 'hono/html'
import { type IconName, iconPaths } from './icon-paths.ts'

/** Arrows that mean "onwards" turn round where people read from right to left. */
const turns: ReadonlySet<string> = new Set(['arrow-left', 'arrow-right', 'chevron-left', 'chevron-right'])

/** Decoration beside a word, so it is hidden from screen readers. A name we do not draw becomes a puzzle piece: plugins bring theirs. */
export const Icon = ({ name }: { readonly name: IconName | (string & {}) }) => (
  <svg class={turns.has(name) ? 'icon turns' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
    {raw(name in iconPaths ? iconPaths[name as IconName] : iconPaths.puzzle)}
  </svg>
)
