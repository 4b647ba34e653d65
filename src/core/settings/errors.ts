// Refusals of everything that changes settings.
import { defineErrors } from '../errors.ts'

export const settingsErrors = defineErrors({
  ui_config_disabled: {
    status: 403,
    message: 'The configuration is set by the environment (UI_CONFIG_DISABLED=true). Change the variables and restart.',
  },
})

/** Several faults that stop the start, each by the name of its variable. */
export class StartError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`Cannot start, because of the settings: ${faults.join(' | ')}`)
    this.name = 'StartError'
    this.faults = faults
  }
}
