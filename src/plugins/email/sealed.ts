// The column that holds letters that wait sealed, and for what: said once, for whoever seals them and for a change of keys.
import type { SealedColumn } from '#core/kernel/reseal.ts'

export const purpose = 'outbox'
export const sealed: SealedColumn = { table: 'outbox', column: 'sealed', purpose }
