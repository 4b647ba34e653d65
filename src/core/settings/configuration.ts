// The application configuration as plugins see it: every setting of every plugin, and the one way to change them.
import type { Resolved } from './resolve.ts'

/** What the world sees in place of a secret that is set. Sent back unchanged, it means "keep what is stored". */
export const secretMask = 'XXXXXXXXXX'

/** A setting with its value, its origin and the plugin that declares it (`core` for the core's own). */
export interface ConfigurationEntry extends Resolved {
  readonly owner: string
}

export interface Configuration {
  /** Every setting, of plugins that are switched off too. Values of secrets are in clear: mask them before they leave. */
  entries(): readonly ConfigurationEntry[]
  /** The same as it would be with these values, for trying them before they are stored. @throws AppError validation_failed */
  entriesWith(values: Readonly<Record<string, string>>): readonly ConfigurationEntry[]
  /** The commands, tables and state of every known plugin. */
  plugins(): readonly { readonly name: string; readonly on: boolean }[]
  /**
   * Stores new values, starts and stops plugins accordingly and swaps the running app. All or nothing.
   *
   * Unknown keys are passed over, an empty string goes back to the default, the mask leaves a secret as it is.
   *
   * @throws AppError ui_config_disabled under UI_CONFIG_DISABLED
   * @throws AppError validation_failed with one fault a field; then nothing has changed
   */
  change(values: Readonly<Record<string, string>>, actorId: string | null): Promise<void>
}

/** The value as it may leave the process. */
export const masked = (entry: Resolved): string => (entry.setting.secret && entry.raw !== '' ? secretMask : entry.raw)
