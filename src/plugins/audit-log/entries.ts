// Pure: a fact as an entry of the audit log, in the words Pocket ID has for it, and in ours where it has none.
import type { FactName, Facts, FieldChanges, SyncCounts } from '#core/events.ts'

/** What a fact says, before it is known who the people are. */
export interface Noted {
  readonly event: string
  /** Whom it is about; null: nobody in particular. */
  readonly userId: string | null
  /** Where the account may be gone by now. */
  readonly username?: string
  /** Who did it, where known. */
  readonly actorId?: string | null
  readonly ipAddress?: string | null
  readonly userAgent?: string | null
  readonly clientName?: string
  readonly data?: Readonly<Record<string, string>>
}

type Notes = { readonly [N in FactName]?: (fact: Facts[N]) => Noted }

const signIns: Readonly<Record<Facts['user.signed-in']['method'], string>> = {
  passkey: 'SIGN_IN',
  'one-time-access': 'TOKEN_SIGN_IN',
  setup: 'SIGN_IN',
  'sign-up': 'SIGN_IN',
  'device-login': 'REMOTE_SIGN_IN',
}

/** The facts that are noted. */
export const notes = {
  'user.signed-in': ({ userId, method, ipAddress, userAgent }) => ({ event: signIns[method], userId, ipAddress, userAgent }),
  'user.created': ({ userId, actorId, by }) => {
    const { ipAddress = null, userAgent = null, language: _language, ...how } = by ?? {}
    return { event: 'ACCOUNT_CREATED', userId, actorId, ipAddress, userAgent, data: how }
  },
  'user.updated': ({ userId, actorId, changes }) => ({ event: 'USER_UPDATED', userId, actorId, data: changed(changes) }),
  'user.removed': ({ userId, username, actorId }) => ({ event: 'USER_REMOVED', userId, username, actorId }),
  'group.created': ({ groupId, actorId }) => ({ event: 'GROUP_CREATED', userId: actorId, data: { groupId } }),
  'group.updated': ({ groupId, actorId, changes }) => ({
    event: 'GROUP_UPDATED',
    userId: actorId,
    data: { groupId, ...changed(changes) },
  }),
  'group.removed': ({ groupId, name, actorId }) => ({ event: 'GROUP_REMOVED', userId: actorId, data: { groupId, name } }),
  'passkey.added': ({ userId, credentialId }) => ({ event: 'PASSKEY_ADDED', userId, data: { credentialId } }),
  'passkey.removed': ({ userId, credentialId }) => ({ event: 'PASSKEY_REMOVED', userId, data: { credentialId } }),
  'app.authorized': ({ userId, clientId, clientName, isFirst, byDevice, ipAddress, userAgent }) => ({
    event: `${isFirst ? 'NEW_' : ''}${byDevice ? 'DEVICE_CODE' : 'CLIENT'}_AUTHORIZATION`,
    userId,
    ipAddress,
    userAgent,
    clientName,
    data: { clientId, clientName },
  }),
  // Values stay out: some of them are secrets.
  'settings.changed': ({ keys, actorId }) => ({ event: 'SETTINGS_CHANGED', userId: actorId, data: { keys: keys.join(', ') } }),
  'directory.synced': ({ source, run, counts, actorId }) => ({
    event: 'DIRECTORY_SYNCED',
    userId: actorId,
    data: { source, run: String(run ?? ''), ...counted(counts) },
  }),
  'directory.held': ({ source, plan, reasons }) => ({
    event: 'DIRECTORY_HELD',
    userId: null,
    data: { source, plan, reasons: reasons.join(' ') },
  }),
  'directory.undone': ({ source, run, counts, actorId }) => ({
    event: 'DIRECTORY_UNDONE',
    userId: actorId,
    data: { source, run: String(run), ...counted(counts) },
  }),
} satisfies Notes

const changed = (changes: FieldChanges = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(changes).map(([field, { before, after }]) => [field, `${before} → ${after}`]))

const counted = (counts: SyncCounts): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(counts).flatMap(([name, many]) => (many > 0 ? [[name, String(many)]] : [])))
