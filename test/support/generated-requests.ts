// Requests to a provider as an app would send them, sound and broken in every way, from a seed: the same seed, the same requests.

/** One request of the thousand, with names for what stands for a value that only a live provider can give. */
export interface GeneratedRequest {
  readonly kind: 'authorize' | 'token' | 'introspect' | 'revoke' | 'par' | 'userinfo' | 'device'
  readonly method: 'GET' | 'POST'
  /** In order, and a name may stand twice. `{code}` and its like are put in by whoever sends it. */
  readonly parameters: readonly (readonly [string, string])[]
  readonly authorization?: string
  /** What was made wrong, for the list of differences. */
  readonly traits: readonly string[]
}

export const callback = 'https://web.example.org/callback'
/** RFC 7636 appendix B. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
export const secret = 'a-secret-of-thirty-two-characters'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

type Random = () => number

/** mulberry32: small, and the same everywhere. */
const randomFrom = (seed: number): Random => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A way to change a request: what it is called, and what it does. */
type Change = readonly [trait: string, (draft: Draft) => void]

interface Draft {
  method: 'GET' | 'POST'
  parameters: [string, string][]
  authorization?: string
}

const set = (name: string, value: string | undefined) => (draft: Draft) => {
  draft.parameters = draft.parameters.filter(([one]) => one !== name)
  if (value !== undefined) draft.parameters.push([name, value])
}
const both =
  (...changes: ((draft: Draft) => void)[]) =>
  (draft: Draft) => {
    for (const change of changes) change(draft)
  }
const again = (name: string) => (draft: Draft) => {
  const held = draft.parameters.find(([one]) => one === name)
  if (held) draft.parameters.push([name, held[1]])
}
const by = (method: Draft['method']) => (draft: Draft) => {
  draft.method = method
}
const header = (authorization: string | undefined) => (draft: Draft) => {
  if (authorization === undefined) delete draft.authorization
  else draft.authorization = authorization
}
const basicOf = (id: string, password: string) => `Basic ${btoa(`${id}:${password}`)}`

const changesOfAuthorize: readonly Change[] = [
  ['no client_id', set('client_id', undefined)],
  ['unknown client', set('client_id', 'nobody')],
  ['another client', set('client_id', 'other')],
  ['no redirect_uri', set('redirect_uri', undefined)],
  ['foreign redirect_uri', set('redirect_uri', 'https://evil.example.org/callback')],
  ['redirect_uri with a query', set('redirect_uri', `${callback}?a=b`)],
  ['redirect_uri with a fragment', set('redirect_uri', `${callback}#a`)],
  ['no response_type', set('response_type', undefined)],
  ['response_type token', set('response_type', 'token')],
  ['response_type id_token', set('response_type', 'id_token')],
  ['response_type code token', set('response_type', 'code token')],
  ['unknown response_type', set('response_type', 'nonsense')],
  ['fragment', set('response_mode', 'fragment')],
  ['unknown response_mode', set('response_mode', 'nonsense')],
  ['no scope', set('scope', undefined)],
  ['scope without openid', set('scope', 'profile')],
  ['unknown scope', set('scope', 'openid nonsense')],
  ['prompt none', set('prompt', 'none')],
  ['prompt login', set('prompt', 'login')],
  ['prompt consent', set('prompt', 'consent')],
  ['prompt none and login', set('prompt', 'none login')],
  ['unknown prompt', set('prompt', 'nonsense')],
  ['max_age 0', set('max_age', '0')],
  ['max_age negative', set('max_age', '-1')],
  ['max_age no number', set('max_age', 'soon')],
  ['no challenge', both(set('code_challenge', undefined), set('code_challenge_method', undefined))],
  ['no challenge method', set('code_challenge_method', undefined)],
  ['challenge plain', set('code_challenge_method', 'plain')],
  ['unknown challenge method', set('code_challenge_method', 'S512')],
  ['challenge too short', set('code_challenge', 'short')],
  ['challenge with other letters', set('code_challenge', `${challenge.slice(1)}!`)],
  ['method without challenge', set('code_challenge', undefined)],
  ['id_token_hint nonsense', set('id_token_hint', 'nonsense')],
  ['request nonsense', set('request', 'nonsense')],
  ['request_uri outside', set('request_uri', 'https://evil.example.org/request')],
  ['request_uri unknown', set('request_uri', 'urn:ietf:params:oauth:request_uri:nonsense')],
  ['claims nonsense', set('claims', '{')],
  ['claims no object', set('claims', '[]')],
  ['registration', set('registration', '{}')],
  ['state twice', again('state')],
  ['client_id twice', again('client_id')],
  ['redirect_uri twice', again('redirect_uri')],
  ['scope twice', again('scope')],
  ['empty nonce', set('nonce', '')],
  ['unknown parameter', set('nonsense', 'x')],
  ['by form', by('POST')],
]

const changesOfClient: readonly Change[] = [
  ['no client', header(undefined)],
  ['unknown client', header(basicOf('nobody', secret))],
  ['wrong secret', header(basicOf('web', 'wrong'))],
  ['basic nonsense', header('Basic §')],
  ['basic without a colon', header(`Basic ${btoa('web')}`)],
  ['another scheme', header('Digest nonsense')],
  ['secret in the body', both(header(undefined), set('client_id', 'post'), set('client_secret', secret))],
  ['wrong secret in the body', both(header(undefined), set('client_id', 'post'), set('client_secret', 'wrong'))],
  ['secret twice', both(set('client_id', 'web'), set('client_secret', secret))],
  ['other client in the body', set('client_id', 'other')],
  ['public client', both(header(undefined), set('client_id', 'spa'))],
  ['assertion nonsense', both(header(undefined), set('client_id', 'web'), set('client_assertion', 'x'))],
  ['other client', header(basicOf('other', secret))],
]

const changesOfToken: readonly Change[] = [
  ...changesOfClient,
  ['no grant_type', set('grant_type', undefined)],
  ['unknown grant_type', set('grant_type', 'nonsense')],
  ['grant_type password', set('grant_type', 'password')],
  ['grant_type implicit', set('grant_type', 'implicit')],
  ['grant_type twice', again('grant_type')],
  ['no code', set('code', undefined)],
  ['unknown code', set('code', 'nonsense')],
  ['used code', set('code', '{used code}')],
  ['code twice', again('code')],
  ['no redirect_uri', set('redirect_uri', undefined)],
  ['other redirect_uri', set('redirect_uri', 'https://web.example.org/other')],
  ['no verifier', set('code_verifier', undefined)],
  ['wrong verifier', set('code_verifier', verifier.split('').reverse().join(''))],
  ['verifier too short', set('code_verifier', 'short')],
  ['code without challenge', set('code', '{code without challenge}')],
  ['refresh', both(set('grant_type', 'refresh_token'), set('refresh_token', '{refresh token}'))],
  ['refresh unknown', both(set('grant_type', 'refresh_token'), set('refresh_token', 'nonsense'))],
  ['refresh used', both(set('grant_type', 'refresh_token'), set('refresh_token', '{used refresh token}'))],
  ['refresh missing', set('grant_type', 'refresh_token')],
  ['client credentials', set('grant_type', 'client_credentials')],
  ['device unknown', both(set('grant_type', deviceGrant), set('device_code', 'nonsense'))],
  ['device missing', set('grant_type', deviceGrant)],
  ['scope more', set('scope', 'openid profile email offline_access nonsense')],
  ['scope less', set('scope', 'openid')],
  ['in the query', by('GET')],
]

const changesOfOwnToken: readonly Change[] = [
  ...changesOfClient,
  ['no token', set('token', undefined)],
  ['unknown token', set('token', 'nonsense')],
  ['refresh token', set('token', '{refresh token}')],
  ['token twice', again('token')],
  ['hint nonsense', set('token_type_hint', 'nonsense')],
  ['hint refresh_token', set('token_type_hint', 'refresh_token')],
]

const changesOfUserinfo: readonly Change[] = [
  ['no token', header(undefined)],
  ['token nonsense', header('Bearer nonsense')],
  ['another scheme', header('Basic nonsense')],
  ['scheme alone', header('Bearer')],
  ['by form', by('POST')],
  ['in the query', both(header(undefined), set('access_token', '{access token}'))],
]

const changesOfDevice: readonly Change[] = [
  ...changesOfClient,
  ['no scope', set('scope', undefined)],
  ['unknown scope', set('scope', 'openid nonsense')],
  ['scope twice', again('scope')],
]

const authorizeParameters: readonly (readonly [string, string])[] = [
  ['client_id', 'web'],
  ['redirect_uri', callback],
  ['response_type', 'code'],
  ['scope', 'openid profile'],
  ['state', 'some state'],
  ['nonce', 'some nonce'],
  ['code_challenge', challenge],
  ['code_challenge_method', 'S256'],
]
const authorization = basicOf('web', secret)

interface Template extends Omit<GeneratedRequest, 'traits'> {
  readonly changes: readonly Change[]
  readonly weight: number
}

const templates: readonly Template[] = [
  { kind: 'authorize', method: 'GET', parameters: authorizeParameters, changes: changesOfAuthorize, weight: 40 },
  {
    kind: 'token',
    method: 'POST',
    parameters: [
      ['grant_type', 'authorization_code'],
      ['code', '{code}'],
      ['redirect_uri', callback],
      ['code_verifier', verifier],
    ],
    authorization,
    changes: changesOfToken,
    weight: 30,
  },
  {
    kind: 'par',
    method: 'POST',
    parameters: authorizeParameters,
    authorization,
    changes: [...changesOfAuthorize, ...changesOfClient],
    weight: 12,
  },
  {
    kind: 'introspect',
    method: 'POST',
    parameters: [['token', '{access token}']],
    authorization,
    changes: changesOfOwnToken,
    weight: 5,
  },
  {
    kind: 'revoke',
    method: 'POST',
    parameters: [['token', '{access token}']],
    authorization,
    changes: changesOfOwnToken,
    weight: 5,
  },
  {
    kind: 'device',
    method: 'POST',
    parameters: [['scope', 'openid profile']],
    authorization,
    changes: changesOfDevice,
    weight: 5,
  },
  {
    kind: 'userinfo',
    method: 'GET',
    parameters: [],
    authorization: 'Bearer {access token}',
    changes: changesOfUserinfo,
    weight: 3,
  },
]

/** So many requests; each is sound, or broken in up to three ways at once. */
export function generateRequests(seed: number, amount: number): readonly GeneratedRequest[] {
  const random = randomFrom(seed)
  const oneOf = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(random() * all.length)]
    if (one === undefined) throw new Error('There is nothing to choose from.')
    return one
  }
  const weighted = templates.flatMap((template) => Array.from({ length: template.weight }, () => template))
  return Array.from({ length: amount }, () => {
    const { kind, method, parameters, authorization, changes } = oneOf(weighted)
    const draft: Draft = {
      method,
      parameters: parameters.map(([name, value]) => [name, value]),
      ...(authorization ? { authorization } : {}),
    }
    const traits = Array.from({ length: Math.floor(random() * 4) }, () => oneOf(changes))
    for (const [, change] of traits) change(draft)
    return { kind, ...draft, traits: [...new Set(traits.map(([trait]) => trait))] }
  })
}
