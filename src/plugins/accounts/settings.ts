// Users, groups and claims have no settings of their own; what touches them is the core's.
import { defineSettings } from '#core/settings/define.ts'

/** None. */
export const settings = defineSettings({})
