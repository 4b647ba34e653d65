// The name by which apps know a session (`sid`): the same for every app, and nothing that could be used here.
import { keyedHash, type Vault } from '#core/crypto.ts'

export const sidOf = (vault: Vault, sessionId: string): string => keyedHash(vault.key('oidc-sid'), sessionId)
