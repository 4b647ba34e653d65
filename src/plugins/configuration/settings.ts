// The configuration has no settings of its own: it shows and changes everybody's.
import { defineSettings } from '#core/settings/define.ts'

/** None. */
export const settings = defineSettings({})
