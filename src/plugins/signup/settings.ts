// Sign-up has nothing to set yet: only the first administrator comes in this way.
import { defineSettings } from '#core/settings/define.ts'

export const settings = defineSettings({})
