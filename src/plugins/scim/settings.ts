// Nothing to set for all apps: each app that is told of people has its own address and token.
import { defineSettings } from '#core/settings/define.ts'

export const settings = defineSettings({})
