// Pure: settings and invitations as rows, wherever a release of Pocket ID keeps them: in tables, frozen in one value, or as states of actors.
import { type Fields, fieldsOf } from './fields.ts'

export type Tables = Readonly<Record<string, readonly Fields[]>>
type States = ReadonlyMap<string, readonly Fields[]>

/** The tables, with those that newer releases no longer have. */
export function withStates(tables: Tables, states: States): Tables {
  const app_config_variables = tables.app_config_variables ?? settingRows(tables, states)
  if (tables.signup_tokens) return { ...tables, app_config_variables }
  const tokens = invitations(tables, states)
  return {
    ...{ ...tables, app_config_variables },
    signup_tokens: tokens.map(tokenRow),
    signup_tokens_user_groups: tokens.flatMap(groupRows),
  }
}

function settingRows(tables: Tables, states: States): readonly Fields[] {
  const state = states.get('AppConfig')?.[0] ?? (frozen(tables, 'config_migrated') as Fields | undefined) ?? {}
  return Object.entries(state).map(([key, value]) => ({ key: key === 'homePageURL' ? 'homePageUrl' : key, value }))
}

/** All in one state by their tokens, or a state each. */
function invitations(tables: Tables, states: States): readonly Fields[] {
  const held = states.get('SignupToken')
  if (held) return held.flatMap((state) => (state.tokens ? Object.values(state.tokens).map(fieldsOf) : [state])).filter(hasToken)
  const list = frozen(tables, 'signup_tokens_migrated')
  return Array.isArray(list) ? list.map(fieldsOf).filter(hasToken) : []
}

const hasToken = ({ token }: Fields): boolean => typeof token === 'string' && token !== ''

const tokenRow = (one: Fields): Fields => ({
  ...{ id: one.id ?? one.token, token: one.token, created_at: one.createdAt, expires_at: one.expiresAt },
  ...{ usage_limit: one.usageLimit, usage_count: one.usageCount },
})

const groupRows = (one: Fields): readonly Fields[] =>
  (Array.isArray(one.userGroupIDs) ? one.userGroupIDs : Array.isArray(one.userGroupIds) ? one.userGroupIds : []).map((id) => ({
    signup_token_id: one.id ?? one.token,
    user_group_id: id,
  }))

/** What a table held when it was given up, as JSON in one value. */
function frozen(tables: Tables, name: string): unknown {
  const value = tables.kv?.find(({ key }) => key === name)?.value
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined
  } catch {
    return undefined
  }
}
