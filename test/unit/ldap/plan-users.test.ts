// What has to change, and that it settles.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carryOut, planFor, profile, type Row, row, wanted } from './plan-model.ts'

const names = (rows: readonly Row[]) => Object.fromEntries(rows.map(({ externalId, fields }) => [externalId, fields.username]))
const isSettled = (plan: ReturnType<typeof planFor>) =>
  [plan.create, plan.update, plan.standing, plan.leaving].every((list) => list.length === 0)

describe('planUsers', () => {
  test('asks for nothing when the directory already matches', () => {
    const rows = [row('1', 'ada'), row('2', 'grace')]
    const plan = planFor([wanted('1', profile('ada'), rows), wanted('2', profile('grace'), rows)], rows)
    expect(isSettled(plan)).toBe(true)
    expect([0, 1].map(plan.rowIds.at)).toEqual(['row-1', 'row-2'])
  })

  test('a renamed user keeps the row, and so the passkeys', () => {
    const rows = [row('1', 'ada')]
    const plan = planFor([wanted('1', profile('countess'), rows)], rows)
    expect(plan.create).toEqual([])
    expect(plan.update).toMatchObject([{ id: 'row-1', before: { username: 'ada' }, after: { username: 'countess' } }])
  })

  test.each(['disable', 'remove'] as const)('a user who left the directory goes by the policy %s', (leavers) => {
    const rows = [row('1', 'ada'), row('2', 'grace', { isAdmin: true })]
    const plan = planFor([wanted('1', profile('ada'), rows)], rows, { leavers })
    expect(plan.leaving).toEqual([{ id: 'row-2', username: 'grace', how: leavers }])
    const [, grace] = carryOut(plan, rows)
    if (leavers === 'remove') expect(grace).toBeUndefined()
    else expect(grace).toMatchObject({ sourceDisabled: true, isAdmin: false, disabled: false })
  })

  test('an entry made anew waits for the account of the old one, and is told that it left, in the run that finds it gone too', () => {
    const rows = [row('1', 'ada')]
    const { conflicts, create } = planFor([wanted('2', profile('ada'), rows)], rows, { leavers: 'disable' })
    expect(create).toEqual([])
    expect(conflicts[0]?.why).toContain('the account ada, which left the directory and is kept disabled')
    expect(planFor([wanted('2', profile('ada'), rows)], rows, { leavers: 'remove' }).conflicts).toEqual([])
  })

  test('a read that is not proven whole takes nobody away', () => {
    const rows = [row('1', 'ada'), row('2', 'grace', { isAdmin: true })]
    const plan = planFor([wanted('1', profile('ada'), rows)], rows, { leavers: 'remove', mayRemove: false })
    expect(isSettled(plan)).toBe(true)
  })

  test('a user who comes back is let in again, but not past an administrator’s own decision', () => {
    const rows = [row('1', 'ada', { sourceDisabled: true, disabled: true })]
    expect(planFor([wanted('1', profile('ada'), rows)], rows).standing).toMatchObject([{ isNow: { sourceDisabled: false } }])
    expect(carryOut(planFor([wanted('1', profile('ada'), rows)], rows), rows)[0]).toMatchObject({
      disabled: true,
      sourceDisabled: false,
    })
  })

  test('an account that is shut out in the directory is shut out here', () => {
    const rows = [row('1', 'ada')]
    expect(planFor([wanted('1', profile('ada'), rows, true)], rows).standing).toMatchObject([
      { id: 'row-1', isNow: { sourceDisabled: true } },
    ])
  })

  test('the admin group decides who is an administrator', () => {
    const rows = [row('1', 'ada'), row('2', 'grace', { isAdmin: true })]
    const desired = [wanted('1', profile('ada'), rows), wanted('2', profile('grace'), rows), wanted('3', profile('hedy'), rows)]
    const plan = planFor(desired, rows, { admins: new Set([0, 2]) })
    expect(plan.standing.map(({ id, isNow }) => [id, isNow.isAdmin])).toEqual([
      ['row-1', true],
      ['row-2', false],
    ])
    expect(plan.create[0]?.isAdmin).toBe(true)
  })

  test('two users who swap names converge in one run', () => {
    const rows = [row('1', 'ada'), row('2', 'grace')]
    const desired = [wanted('1', profile('grace'), rows), wanted('2', profile('ada'), rows)]
    const plan = planFor(desired, rows)
    expect(plan.conflicts).toEqual([])
    expect(names(carryOut(plan, rows))).toEqual({ 1: 'grace', 2: 'ada' })
  })

  test('a chain of renames, and a new user with the freed name, converge in one run', () => {
    const rows = [row('1', 'ada'), row('2', 'grace'), row('3', 'hedy')]
    const desired = [
      wanted('1', profile('grace'), rows),
      wanted('2', profile('hedy'), rows),
      wanted('3', profile('joan'), rows),
      wanted('4', profile('ada'), rows),
    ]
    expect(names(carryOut(planFor(desired, rows), rows))).toEqual({ 1: 'grace', 2: 'hedy', 3: 'joan', 4: 'ada' })
  })

  test('a name that a local account has is a conflict with both sides, and the new user is left out', () => {
    const rows = [row('local', 'ada', { source: null, id: 'mine' })]
    const plan = planFor([wanted('1', profile('Ada', 'other@example.org'), rows), wanted('2', profile('grace'), rows)], rows)
    expect(plan.create.map(({ fields }) => fields.username)).toEqual(['grace'])
    expect(plan.conflicts).toHaveLength(1)
    expect(plan.conflicts[0]).toMatchObject({ dn: 'uid=1,dc=example,dc=org', field: 'username' })
    expect(plan.conflicts[0]?.why).toContain('local account ada')
    expect(plan.rowIds.at(0)).toBeUndefined()
  })

  test('a conflict keeps the old name of a linked row, writes the rest, and does not disable it', () => {
    const rows = [row('local', 'ada', { source: null, id: 'mine' }), row('1', 'grace')]
    const desired = [wanted('1', { ...profile('ada', 'grace@example.org'), displayName: 'Countess' }, rows)]
    const after = carryOut(planFor(desired, rows), rows)
    expect(after[1]).toMatchObject({
      fields: { username: 'grace', displayName: 'Countess' },
      sourceDisabled: false,
      digest: null,
    })
    const again = planFor([wanted('1', { ...profile('ada', 'grace@example.org'), displayName: 'Countess' }, after)], after)
    expect(isSettled(again)).toBe(true)
    expect(again.conflicts).toHaveLength(1)
  })

  test('a skipped entry protects the row linked to its id', () => {
    const rows = [row('1', 'ada')]
    const skipped = { externalId: '1', dn: 'uid=ada', shutOut: false, digest: undefined, profile: undefined }
    expect(isSettled(planFor([skipped], rows, { leavers: 'remove' }))).toBe(true)
  })

  test('a changed address is unverified again unless all are taken for verified', () => {
    const rows = [row('1', 'ada', { fields: { ...profile('ada'), emailVerified: true } })]
    const desired = [wanted('1', profile('ada', 'new@example.org'), rows)]
    expect(planFor(desired, rows).update[0]?.fields.emailVerified).toBe(false)
    expect(planFor(desired, rows, { emailsVerified: true }).update[0]?.fields.emailVerified).toBe(true)
  })

  test('a rival that cannot be made itself does not keep another from being made', () => {
    const rows = [row('local', 'taken', { source: null, id: 'mine' })]
    const desired = [
      wanted('1', profile('taken', 'shared@example.org'), rows),
      wanted('2', profile('free', 'shared@example.org'), rows),
    ]
    expect(planFor(desired, rows).create.map(({ externalId }) => externalId)).toEqual(['2'])
  })
})

const name = fc.constantFrom('a', 'b', 'c', 'd', 'A', 'e')
const mail = fc.option(fc.constantFrom('a@x', 'b@x', 'c@x', 'B@x'), { nil: null })
const person = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
  username: name,
  email: mail,
  shutOut: fc.boolean(),
  admin: fc.boolean(),
})
const directoryOf = fc.uniqueArray(person, { selector: ({ id }) => id, maxLength: 6 })
const held = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('1', '2', '3', '4', '7', '8'),
    username: name,
    email: mail,
    local: fc.boolean(),
    isAdmin: fc.boolean(),
    out: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 6 },
)

describe('planning settles, for any directory and any rows', () => {
  const policies = fc.constantFrom('disable' as const, 'remove' as const)
  test('planning again after applying is empty, and no two rows ever have one name', () => {
    fc.assert(
      fc.property(directoryOf, held, policies, (people, had, leavers) => {
        const rows = rowsOf(had)
        const plan = (now: readonly Row[]) => {
          const desired = people.map(({ id, username, email, shutOut }) => wanted(id, profile(username, email), now, shutOut))
          return planFor(desired, now, { leavers, admins: new Set(people.flatMap(({ admin }, at) => (admin ? [at] : []))) })
        }
        const after = carryOut(plan(rows), rows)
        expect(isSettled(plan(after))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

/** Rows as a database can hold them: the first to have a name has it. */
function rowsOf(
  had: readonly { id: string; username: string; email: string | null; local: boolean; isAdmin: boolean; out: boolean }[],
): Row[] {
  const rows: Row[] = []
  const taken = new Set<string>()
  for (const { id, username, email, local, isAdmin, out } of had) {
    const keys = [`u:${username.toLowerCase()}`, ...(email === null ? [] : [`e:${email.toLowerCase()}`])]
    if (keys.some((key) => taken.has(key))) continue
    for (const key of keys) taken.add(key)
    const fields = { ...profile(username, email), emailVerified: false }
    rows.push({
      ...row(id, username),
      fields,
      digest: null,
      source: local ? null : 'ldap',
      id: `row-${id}`,
      isAdmin,
      sourceDisabled: !local && out,
    })
  }
  return rows
}
