// Pure: how strongly somebody signed in, in words for apps (RFC 8176 for amr, OpenID Connect EAP ACR values for acr).

/** Phishing-resistant: a passkey was touched. */
export const passkeyAcr = 'phr'
export const passkeyAmr: readonly string[] = ['hwk', 'user', 'mfa']

/** A sign-in that is not phishing-resistant reaches no context that has a name. */
export const acrOf = (amr: readonly string[]): string | undefined =>
  amr.includes('hwk') || amr.includes('swk') ? passkeyAcr : undefined
