// Where we answer a generated request otherwise than oidc-provider, and why. Every difference matches one line, every line a difference.
import type { GeneratedRequest } from './generated-requests.ts'

/** Two answers to one request that are not the same. */
export interface Difference {
  readonly kind: GeneratedRequest['kind']
  readonly traits: readonly string[]
  readonly ours: string
  readonly theirs: string
}

export interface Explanation {
  readonly why: string
  readonly covers: (difference: Difference) => boolean
}

/** Outcomes that are no refusal. */
const isGranted = (outcome: string) => /^(ok|interaction|active true|to the app: code)$/.test(outcome)
const code = (outcome: string) => outcome.replace('to the app: ', '')
const has = ({ traits }: Difference, pattern: RegExp) => traits.some((trait) => pattern.test(trait))
const says = ({ ours, theirs }: Difference, left: string, right: string) => code(ours) === left && code(theirs) === right

export const explanations: readonly Explanation[] = [
  {
    why: 'No client credentials, or unreadable ones, are invalid_client (RFC 6749 section 5.2: "no client authentication included"); theirs says invalid_request.',
    covers: (one) =>
      says(one, 'invalid_client', 'invalid_request') && has(one, /^(no client|basic|another scheme|assertion|unknown client)/),
  },
  {
    why: 'An app registered for the Basic scheme may not put its secret into the body; theirs takes either.',
    covers: (one) => one.ours === 'invalid_client' && isGranted(one.theirs) && has(one, /^secret/),
  },
  {
    why: 'The same secret in the header and in the body is one secret, as some libraries write it; theirs refuses two methods whatever they hold.',
    covers: (one) => code(one.theirs) === 'invalid_request' && has(one, /^secret twice$/),
  },
  {
    why: 'A request without the scope openid is plain OAuth 2.0 and answered (without ID token); theirs wants openid wherever a nonce stands.',
    covers: (one) =>
      isGranted(one.ours) && code(one.theirs) === 'invalid_request' && has(one, /^(no scope|scope without openid)$/),
  },
  {
    why: 'A hint that is no ID token of ours is a hint of nothing and left aside, as one signed by a key long gone would be; theirs refuses.',
    covers: (one) => (isGranted(one.ours) || one.ours.endsWith('login_required')) && has(one, /^id_token_hint/),
  },
  {
    why: 'A parameter that comes twice makes the whole request ambiguous, the callback too: it is explained on our own page; theirs trusts the callback.',
    covers: (one) => one.ours === 'page' && has(one, / twice$/),
  },
  {
    why: 'What a pushed request says is unknown when its URI is: nothing beside it is trusted, so there is no callback to tell; theirs uses the one beside it.',
    covers: (one) => one.ours === 'page' && has(one, /^request_uri/),
  },
  {
    why: 'redirect_uri is required (OpenID Connect Core section 3.1.2.1); theirs takes the only one that is registered.',
    covers: (one) => /^(page|invalid_request)$/.test(one.ours) && one.kind !== 'token' && has(one, /^no redirect_uri$/),
  },
  {
    why: 'A code asked for with a redirect_uri is redeemed with the same one (RFC 6749 section 4.1.3); theirs lets it be left out when only one is registered.',
    covers: (one) =>
      one.kind === 'token' && one.ours === 'invalid_grant' && isGranted(one.theirs) && has(one, /^no redirect_uri$/),
  },
  {
    why: 'A verifier that cannot be right is wrong (RFC 7636 section 4.6: invalid_grant); theirs judges its form first.',
    covers: (one) => says(one, 'invalid_grant', 'invalid_request') && has(one, /verifier/),
  },
  {
    why: 'The app has no keys here, so it cannot sign requests: request_not_supported; theirs looks into the object first.',
    covers: (one) => says(one, 'request_not_supported', 'invalid_request_object'),
  },
  {
    why: 'unsupported_response_mode is a word of theirs; the registered one is invalid_request.',
    covers: (one) => says(one, 'invalid_request', 'unsupported_response_mode'),
  },
  {
    why: 'A response type that is not offered is unsupported_response_type (RFC 6749 section 4.1.2.1); theirs first finds fault with what would go along.',
    covers: (one) => code(one.ours) === 'unsupported_response_type' && has(one, /^(unknown )?response_type/),
  },
  {
    why: 'What is no access token is answered as no access token: 401 with the challenge; theirs says invalid_request for another scheme and for the query.',
    covers: (one) => one.kind === 'userinfo' && says(one, 'invalid_token', 'invalid_request'),
  },
  {
    why: 'An app hears of its own tokens alone; theirs tells every app of all.',
    covers: (one) => one.kind === 'introspect' && one.ours === 'active false' && one.theirs === 'active true',
  },
  {
    why: 'Revoking a token of another app does nothing and says nothing (RFC 7009 section 2.2); theirs says so.',
    covers: (one) => one.kind === 'revoke' && one.ours === 'ok' && one.theirs === 'invalid_request',
  },
  {
    why: 'A field that comes twice is refused whatever it means; theirs looks only at those that the grant type reads.',
    covers: (one) => one.kind === 'token' && one.ours === 'invalid_request' && has(one, / twice$/),
  },
  {
    why: 'A request_uri may not be pushed (RFC 9126 section 2.1), which makes the request invalid; theirs says that it supports none.',
    covers: (one) => one.kind === 'par' && says(one, 'invalid_request', 'request_uri_not_supported'),
  },
  {
    why: 'A pushed request whose sender proved who it is need not repeat its client_id; theirs wants it.',
    covers: (one) => one.kind === 'par' && one.ours === 'ok' && has(one, /^no client_id$/),
  },
  {
    why: 'An Authorization header of a scheme that no app proves itself by is no proof, and no second one; theirs refuses it beside credentials in the body.',
    covers: (one) => has(one, /^another scheme$/) && says(one, 'ok', 'invalid_request'),
  },
  {
    why: 'Both refuse a request with several faults, and name another one of them.',
    covers: (one) =>
      one.traits.length > 1 && !isGranted(one.ours) && !isGranted(one.theirs) && one.ours !== 'page' && one.theirs !== 'page',
  },
]
