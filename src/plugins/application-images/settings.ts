// The instance's own pictures have nothing to set: they are put up.
import { defineSettings } from '#core/settings/define.ts'

export const settings = defineSettings({})
