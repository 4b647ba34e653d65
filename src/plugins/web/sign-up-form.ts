// Pure: the fields of the sign-up settings as the texts that are stored: lists as JSON.
import type { FormValues } from './forms.ts'

export const groupsKey = 'signupDefaultUserGroupIDs'
export const claimsKey = 'signupDefaultCustomClaims'

/** What the form says of them; nothing where it has none of them. */
export function signUpTexts(form: FormValues): Readonly<Record<string, string>> {
  const keys = form.all('key')
  const values = form.all('value')
  const claims = keys.map((key, at) => ({ key: key.trim(), value: values[at] ?? '' })).filter(({ key }) => key !== '')
  return {
    ...(form.names.includes(groupsKey) ? { [groupsKey]: JSON.stringify(form.all(groupsKey).filter(Boolean)) } : {}),
    ...(form.names.includes(claimsKey) ? { [claimsKey]: JSON.stringify(claims) } : {}),
  }
}
