// A person's passkeys: registering, listing, renaming, removing; and what an administrator may see and remove of others.
import { Hono } from 'hono'
import * as v from 'valibot'
import { commonErrors } from '#core/errors.ts'
import { describe, valid } from '#core/http/contract.ts'
import type { HostEnv, UserActor, UserRow } from '#core/identity/actor.ts'
import { creationOptions } from './ceremony.ts'
import { type PasskeyDeps, register, relyingParty } from './proof.ts'
import { Attestation, CeremonyOptions, Credential, credentialJson, NewName } from './wire.ts'

const tag = 'Passkeys'
const registrationRefusals = [
  'missing_session_id',
  'invalid_webauthn_session',
  'invalid_webauthn_response',
  'passkey_user_verification_required',
  'synced_passkey_not_allowed',
  'already_in_use',
  'api_key_auth_not_allowed',
]

export function credentialRoutes(deps: PasskeyDeps): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', registrationRoutes(deps)).route('/', ownRoutes(deps)).route('/', adminRoutes(deps))
}

function registrationRoutes(deps: PasskeyDeps): Hono<HostEnv> {
  const { host, credentials, ceremonies } = deps
  return new Hono<HostEnv>()
    .get(
      '/api/webauthn/register/start',
      describe({
        id: 'startPasskeyRegistration',
        tag,
        summary: 'Options to make a passkey',
        answers: { 200: CeremonyOptions },
        refusals: ['not_signed_in', 'api_key_auth_not_allowed'],
      }),
      host.identity.requireBrowser,
      async (c) => {
        const user = me(c.get('actor'))
        const { webauthnUserVerification: userVerification, webauthnAuthenticatorAttachment: attachment } = host.settings
        const held = await credentials.listFor(user.id)
        const options = await creationOptions(relyingParty(host), { userVerification, attachment }, user, held)
        ceremonies.begin(c, 'register', options.challenge, user.id)
        return c.json(options)
      },
    )
    .post(
      '/api/webauthn/register/finish',
      describe({
        id: 'finishPasskeyRegistration',
        tag,
        summary: 'Register the passkey that was made',
        answers: { 200: Credential },
        refusals: registrationRefusals,
      }),
      host.identity.requireBrowser,
      valid('json', Attestation),
      async (c) => c.json(credentialJson(await register(deps, c, me(c.get('actor')), c.req.valid('json')))),
    )
}

function ownRoutes({ host, credentials }: PasskeyDeps): Hono<HostEnv> {
  const { requireUser } = host.identity
  return new Hono<HostEnv>()
    .get(
      '/api/webauthn/credentials',
      describe({ id: 'listPasskeys', tag, summary: 'Your passkeys', answers: { 200: v.array(Credential) } }),
      requireUser,
      async (c) => c.json((await credentials.listFor(me(c.get('actor')).id)).map(credentialJson)),
    )
    .patch(
      '/api/webauthn/credentials/:id',
      describe({
        id: 'renamePasskey',
        tag,
        summary: 'Rename one of your passkeys',
        answers: { 200: Credential },
        refusals: ['passkey_not_found'],
      }),
      requireUser,
      valid('json', NewName),
      async (c) => {
        const { name } = c.req.valid('json')
        return c.json(credentialJson(await credentials.rename(me(c.get('actor')).id, c.req.param('id'), name)))
      },
    )
    .delete(
      '/api/webauthn/credentials/:id',
      describe({
        id: 'removePasskey',
        tag,
        summary: 'Remove one of your passkeys',
        answers: { 204: null },
        refusals: ['passkey_not_found'],
      }),
      requireUser,
      async (c) => {
        await credentials.remove(me(c.get('actor')).id, c.req.param('id'))
        return c.body(null, 204)
      },
    )
}

function adminRoutes({ host, credentials }: PasskeyDeps): Hono<HostEnv> {
  const { requireAdmin, users } = host.identity
  return new Hono<HostEnv>()
    .get(
      '/api/users/:id/webauthn-credentials',
      describe({
        id: 'listPasskeysOfUser',
        tag,
        summary: 'The passkeys of a user',
        answers: { 200: v.array(Credential) },
        refusals: ['user_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const { id } = await users.get(c.req.param('id'))
        return c.json((await credentials.listFor(id)).map(credentialJson))
      },
    )
    .delete(
      '/api/users/:id/webauthn-credentials/:credentialId',
      describe({
        id: 'removePasskeyOfUser',
        tag,
        summary: 'Remove a passkey of a user',
        answers: { 204: null },
        refusals: ['user_not_found', 'passkey_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const { id } = await users.get(c.req.param('id'))
        await credentials.remove(id, c.req.param('credentialId'))
        return c.body(null, 204)
      },
    )
}

/** The fences before a handler let nobody through who is not signed in; this says so to the compiler. */
function me(actor: UserActor | undefined): UserRow {
  if (!actor) throw commonErrors.refuse('not_signed_in')
  return actor.user
}
