// The pages have no settings of their own: name, colour and home page are the core's.
import { defineSettings } from '#core/settings/define.ts'

/** None. */
export const settings = defineSettings({})
