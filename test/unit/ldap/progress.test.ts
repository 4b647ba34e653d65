// How far a run is: never back, never over, and one line for the terminal.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barOf, percentOf, type Step, seldom } from '../../../src/plugins/ldap/tell/progress.ts'

const stages: readonly Step['stage'][] = ['connect', 'users', 'groups', 'plan', 'guard', 'write', 'pictures']

describe('the percentage', () => {
  test('grows with the stages and what is done of each', () => {
    const done = fc.nat(1_000_000)
    const pair = fc.tuple(fc.nat(stages.length - 1), done, fc.nat(stages.length - 1), done, fc.option(fc.nat(1_000_000)))
    fc.assert(
      fc.property(pair, ([early, few, late, many, total]) => {
        const [first, second] = [early, late].sort((left, right) => left - right) as [number, number]
        const least = first === second ? Math.min(few, many) : few
        const before = percentOf('sync', { stage: stages[first] ?? 'connect', done: least, total })
        const after = percentOf('sync', { stage: stages[second] ?? 'connect', done: Math.max(least, many), total })
        expect(before).toBeLessThanOrEqual(after)
        expect(after).toBeLessThanOrEqual(100)
      }),
    )
  })

  test('is whole at the guard for a plan, which ends there', () => {
    expect(percentOf('plan', { stage: 'guard', done: 1, total: 1 })).toBe(100)
    expect(percentOf('sync', { stage: 'guard', done: 1, total: 1 })).toBeLessThan(100)
  })
})

test('of many steps a few are told, and the first of each stage', () => {
  const told: Step[] = []
  let now = 0
  const tell = seldom(
    (step) => told.push(step),
    () => now,
  )
  for (let done = 0; done < 1_000; done++, now++) tell({ stage: 'users', done, total: null })
  tell({ stage: 'groups', done: 0, total: null })
  expect(told.map(({ stage, done }) => `${stage} ${done}`)).toEqual([
    ...Array.from({ length: 10 }, (_, at) => `users ${at * 100}`),
    'groups 0',
  ])
})

test('the terminal gets a bar, the stage, and how many of how many', () => {
  expect(barOf(38, { stage: 'users', done: 4_000, total: 10_000 })).toBe(
    '[#########---------------]  38 %  reading users 4,000 of 10,000',
  )
  expect(barOf(0, { stage: 'connect', done: 0, total: null })).toBe('[------------------------]   0 %  connecting')
  expect(barOf(9, { stage: 'users', done: 2_000, total: null })).toContain('reading users 2,000')
})
