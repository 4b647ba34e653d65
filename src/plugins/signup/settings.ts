// Who may make an account, and what a new account starts with.
import * as v from 'valibot'
import { reservedClaims } from '#core/claim-names.ts'
import { choice, defineSettings, setting } from '#core/settings/define.ts'

/** A list as JSON, the way Pocket ID has it. */
const jsonList = <T>(item: v.GenericSchema<unknown, T>, sentence: string) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): readonly T[] => {
      try {
        return v.parse(v.array(item), JSON.parse(value))
      } catch {
        addIssue({ message: sentence })
        return NEVER
      }
    }),
  )

const Claim = v.object({ key: v.pipe(v.string(), v.trim(), v.minLength(1)), value: v.pipe(v.string(), v.minLength(1)) })
type Claim = v.InferOutput<typeof Claim>

const isFree = (claims: readonly Claim[]): boolean =>
  claims.every(({ key }) => !reservedClaims.has(key)) && new Set(claims.map(({ key }) => key)).size === claims.length

export const settings = defineSettings({
  allowUserSignups: choice(['disabled', 'withToken', 'open'], {
    label: 'Who may sign up',
    help: 'disabled: administrators and the directory make accounts. withToken: whoever has an invitation. open: everybody who reaches this server.',
    default: 'disabled',
    public: true,
  }),
  signupDefaultUserGroupIDs: setting({
    kind: 'text',
    schema: jsonList(v.string(), 'Must be a list of group ids such as ["3f0c…"].'),
    default: '[]',
    env: 'SIGNUP_DEFAULT_USER_GROUP_IDS',
    label: 'Groups of new accounts',
    help: 'Everybody who signs up is put into these groups, beside those of the invitation.',
  }),
  signupDefaultCustomClaims: setting({
    kind: 'text',
    schema: v.pipe(
      jsonList(Claim, 'Must be a list of claims such as [{"key":"plan","value":"basic"}].'),
      v.check(isFree, 'Must not name a claim twice, nor one with a fixed meaning such as sub or email.'),
    ),
    default: '[]',
    label: 'Claims of new accounts',
    help: 'Everybody who signs up starts with these custom claims.',
  }),
})
