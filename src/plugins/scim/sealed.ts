// The column that holds apps' tokens sealed, and for what: said once, for whoever seals them and for a change of keys.
import type { SealedColumn } from '#core/kernel/reseal.ts'

export const purpose = 'scim-token'
export const sealed: SealedColumn = { table: 'scim_providers', column: 'sealed_token', purpose }
