// One-time access has nothing to set yet: who may hand out codes is decided by who is an administrator.
import { defineSettings } from '#core/settings/define.ts'

export const settings = defineSettings({})
