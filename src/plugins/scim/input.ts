// Pure: what an administrator says of an app's SCIM server.
import * as v from 'valibot'

const Text = v.string()

const Endpoint = v.pipe(
  Text,
  v.trim(),
  v.maxLength(2_048),
  v.check((address) => {
    if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return false
    const { username, password, hash, search } = new URL(address)
    return username === '' && password === '' && hash === '' && search === ''
  }, 'Must be an address such as https://app.example.org/scim/v2, without user name, query and fragment.'),
)
const Token = v.pipe(Text, v.trim(), v.regex(/^[\x21-\x7e]{0,4096}$/, 'Must be ASCII without blanks.'))

/** Pocket ID's fields. A token that is not there is none. */
export const Input = v.object({
  endpoint: Endpoint,
  token: v.pipe(
    v.optional(v.nullable(Token), ''),
    v.transform((token) => token ?? ''),
  ),
  oidcClientId: Text,
})
