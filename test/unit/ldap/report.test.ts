// A report as people read it, and as a spreadsheet.
import { describe, expect, test } from 'vitest'
import { failedReport, nothing, problemsOf, type SyncReport } from '../../../src/plugins/ldap/tell/report.ts'
import { undone } from '../../../src/plugins/ldap/tell/report-changes.ts'
import { changesSheet, problemsSheet } from '../../../src/plugins/ldap/tell/report-csv.ts'
import { summary, textTable } from '../../../src/plugins/ldap/tell/report-text.ts'

const empty = failedReport({ outcome: 'applied', at: new Date(0), durationMilliseconds: 5, url: null, reasons: [], stages: [] })
const report = (more: Partial<SyncReport> = {}): SyncReport => ({
  ...empty,
  read: { ...empty.read, users: 4, groups: 2, pages: 2, whole: true },
  ...more,
})
const changes: SyncReport['changes'] = [
  { entity: 'user', action: 'remove', name: 'joan' },
  { entity: 'group', action: 'remove members', name: 'staff', members: 3, who: ['hedy', 'joan'] },
  { entity: 'user', action: 'create', name: 'mary', dn: 'uid=mary,dc=example,dc=org' },
  { entity: 'user', action: 'update', name: 'ada', dn: 'uid=ada', before: { email: null }, after: { email: 'ada@example.org' } },
]

describe('the diff a terminal shows', () => {
  test('has a line for each change, with both values, and the sum', () => {
    const counts = { ...nothing, created: 1, updated: 1, removed: 1, membersRemoved: 3 }
    expect(textTable(report({ outcome: 'planned', changes, counts, plan: 'abc' })).split('\n')).toEqual([
      '- remove          user   joan',
      '- remove members  group  staff  3: hedy, joan, ...',
      '+ create          user   mary   uid=mary,dc=example,dc=org',
      '~ update          user   ada    email: (empty) -> ada@example.org',
      '4 users and 2 groups read; a run would bring: 1 user created, 1 user updated, 1 user removed, 3 members removed. To carry it out: `ldap apply abc`.',
    ])
  })

  test('lets no text of the directory steer the terminal', () => {
    const name = 'ada\u001b[2J\nFAKE'
    expect(textTable(report({ changes: [{ entity: 'user', action: 'create', name }] }))).toContain('ada?[2J?FAKE')
  })

  test('says of a refused plan how to apply it, and of a failed run that nothing was changed', () => {
    expect(summary(report({ outcome: 'refused', reasons: ['Too many.'], plan: 'abc' }))).toBe(
      'Nothing was changed. Too many. If it is meant, apply this plan: `ldap apply abc`.',
    )
    expect(summary(report({ outcome: 'failed', reasons: ['Refused.'] }))).toBe('Nothing was changed. Refused.')
    expect(summary(report({ outcome: 'failed', run: 7, reasons: ['Run 7 was stopped.'] }))).toBe('Run 7 was stopped.')
  })
})

describe('as a spreadsheet', () => {
  test('each field is a line', () => {
    expect((changesSheet.head + changesSheet.lines(changes)).split('\r\n')).toEqual([
      'action,entity,name,dn,field,before,after',
      'remove,user,joan,,,,',
      'remove members,group,staff,,members,hedy joan and 1 more,',
      'create,user,mary,"uid=mary,dc=example,dc=org",,,',
      'update,user,ada,uid=ada,email,,ada@example.org',
      '',
    ])
  })

  test('problems have both sides, quotes are doubled, and nothing is taken for a formula', () => {
    const skipped = [{ entity: 'user' as const, dn: '=cmd|x', why: 'has no "mail"' }]
    const conflicts = [{ entity: 'user' as const, dn: 'uid=a', attribute: 'email', other: 'uid=b', why: 'is taken' }]
    expect((problemsSheet.head + problemsSheet.lines(problemsOf({ skipped, conflicts }))).split('\r\n')).toEqual([
      'kind,entity,dn,attribute,other,reason',
      'skipped,user,\'=cmd|x,,,"has no ""mail"""',
      'conflict,user,uid=a,email,uid=b,is taken',
      '',
    ])
  })
})

test('what undoing a run does is what it did, backwards', () => {
  expect(undone(changes).map(({ action, before, after }) => [action, before, after])).toEqual([
    ['return', undefined, undefined],
    ['add members', undefined, undefined],
    ['remove', undefined, undefined],
    ['update', { email: 'ada@example.org' }, { email: null }],
  ])
})
