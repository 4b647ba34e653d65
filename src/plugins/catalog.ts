// The one list of built-in manifests. Order is the order of start and of the navigation.
import type { Plugin } from '#core/kernel/plugin.ts'

export const catalog: readonly Plugin[] = []
