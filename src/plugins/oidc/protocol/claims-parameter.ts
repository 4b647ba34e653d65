// Pure: the claims parameter (OpenID Connect Core section 5.5).
import * as v from 'valibot'
import type { RequestedClaims } from './authorize-request.ts'
import { OAuthError } from './errors.ts'

const Wanted = v.nullable(
  v.looseObject({
    essential: v.optional(v.boolean()),
    value: v.optional(v.unknown()),
    values: v.optional(v.array(v.unknown())),
  }),
)
const ClaimsParameter = v.looseObject({
  id_token: v.optional(v.nullable(v.record(v.string(), Wanted))),
  userinfo: v.optional(v.nullable(v.record(v.string(), Wanted))),
})

export interface ReadClaims {
  readonly claims?: RequestedClaims
  readonly essentialAcr?: readonly string[]
  /** The one person that the request is about, whether essential or not (section 3.1.2.2). */
  readonly subject?: string
}

/** Names are kept, values are not: a claim is told as it is. Only an essential acr and a value of sub change what happens. @throws OAuthError invalid_request */
export function readRequestedClaims(parameter: string | undefined): ReadClaims {
  if (parameter === undefined) return {}
  const parsed = v.safeParse(ClaimsParameter, fromJson(parameter))
  if (!parsed.success)
    throw new OAuthError('invalid_request', 'claims must be a JSON object as OpenID Connect Core section 5.5 has it.')
  const { id_token: idToken, userinfo } = parsed.output
  const acr = idToken?.acr
  const values = acr?.essential ? [...(acr.values ?? []), acr.value].filter((one) => typeof one === 'string') : []
  const subject = idToken?.sub?.value
  return {
    claims: { idToken: Object.keys(idToken ?? {}), userinfo: Object.keys(userinfo ?? {}) },
    ...(values.length > 0 ? { essentialAcr: values } : {}),
    ...(typeof subject === 'string' ? { subject } : {}),
  }
}

function fromJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? undefined : value
  } catch {
    // Refused by the schema, in the same words as every other malformed value.
    return undefined
  }
}
