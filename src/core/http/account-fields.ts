// Pure: the fields of an account as they come from outside: normalised, trimmed, of a known length. Sign-up and administration agree on them.
import * as v from 'valibot'

/** NFC, trimmed, between `least` and `most` characters, without control characters. */
export const plainText = ({ least = 0, most }: { readonly least?: number; readonly most: number }) =>
  v.pipe(
    v.string(),
    v.normalize('NFC'),
    v.trim(),
    v.minLength(least, least === 1 ? 'Must not be empty.' : `Must have at least ${least} characters.`),
    v.maxLength(most, `Must have at most ${most} characters.`),
    v.check((text) => !/\p{Cc}/u.test(text), 'Must not hold control characters.'),
  )

/** As Pocket ID has it: it may look like an e-mail address, so that people can go by theirs. */
export const Username = v.pipe(
  plainText({ least: 1, most: 50 }),
  v.regex(/^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$/, 'Must be letters and digits; _ . @ and - may stand between them.'),
)

/** An address, or nothing. Only a message proves that one works, so this asks for its form and no more. */
export const Email = v.pipe(
  plainText({ most: 254 }),
  v.regex(/^$|^[^\s@]+@[^\s@.]+(\.[^\s@.]+)*$/, 'Must be an e-mail address such as ada@example.org.'),
)

/** A custom claim. Its value may be a JSON text of several lines, so it is only bounded. */
export const Claim = v.object({
  key: plainText({ least: 1, most: 255 }),
  value: v.pipe(
    v.string(),
    v.normalize('NFC'),
    v.minLength(1, 'Must not be empty.'),
    v.maxLength(10_000, 'Must have at most 10000 characters.'),
  ),
})
