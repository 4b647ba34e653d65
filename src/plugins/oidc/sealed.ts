// The column that holds private keys sealed, and for what: said once, for whoever seals them and for a change of keys.
import type { SealedColumn } from '#core/kernel/reseal.ts'

export const purpose = 'oidc-signing-key'
export const sealed: SealedColumn = { table: 'oidc_signing_keys', column: 'private_key', purpose }
