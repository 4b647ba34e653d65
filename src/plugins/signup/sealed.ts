// The column that holds invitations sealed, and for what: said once, for whoever seals them and for a change of keys.
import type { SealedColumn } from '#core/kernel/reseal.ts'

export const purpose = 'signup-token'
export const sealed: SealedColumn = { table: 'signup_tokens', column: 'sealed', purpose }
