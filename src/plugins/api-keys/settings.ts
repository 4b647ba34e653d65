// API keys have nothing to set: whoever is signed in may make one, and it may what its owner may.
import { defineSettings } from '#core/settings/define.ts'

export const settings = defineSettings({})
