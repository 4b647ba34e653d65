// One icon, inlined.
import { raw } from 'hono/html'
import { type IconName, iconPaths } from './icon-paths.ts'

/** Decoration beside a word, so it is hidden from screen readers. A name we do not draw becomes a puzzle piece: plugins bring theirs. */
export const Icon = ({ name }: { readonly name: IconName | (string & {}) }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    {raw(name in iconPaths ? iconPaths[name as IconName] : iconPaths.puzzle)}
  </svg>
)
