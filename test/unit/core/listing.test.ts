// The one shape of lists: what is read from the query, and which page that is.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pagination, readListQuery } from '#core/http/listing.ts'

const read = (query: string) => readListQuery(`http://localhost/api/things?${query}`)

describe('a list query', () => {
  test('has its defaults', () => {
    expect(read('')).toEqual({ page: 1, limit: 20, sort: undefined, search: '', filters: {} })
  })

  test('is read from the wire names', () => {
    const query = 'pagination[page]=3&pagination[limit]=50&sort[column]=name&sort[direction]=DESC&search=%20ada%20'
    expect(read(query)).toMatchObject({ page: 3, limit: 50, sort: { column: 'name', descending: true }, search: 'ada' })
    expect(read('filters[state][0]=a&filters[state][1]=b&filters[kind][]=c&filters[flag]=true').filters).toEqual({
      state: ['a', 'b'],
      kind: ['c'],
      flag: ['true'],
    })
  })

  test('is read from short names where the long ones are missing', () => {
    expect(read('page=3&limit=50')).toMatchObject({ page: 3, limit: 50 })
    expect(read('page=3&pagination[page]=2')).toMatchObject({ page: 2, limit: 20 })
  })

  test.each(['0', '-1', '1.5', 'x', '', '1e400', 'NaN'])('falls back where a number is %j', (number) => {
    expect(read(`pagination[page]=${number}&pagination[limit]=${number}`)).toMatchObject({ page: 1, limit: 20 })
  })

  test('asks for at most 100 items and searches for at most 200 characters', () => {
    expect(read('pagination[limit]=100000').limit).toBe(100)
    expect(read(`search=${'x'.repeat(300)}`).search).toHaveLength(200)
    expect(read('search=%00a%0Ab%00').search).toBe('a b')
  })
})

describe('a page', () => {
  test.each([
    [{ page: 1, limit: 20 }, 0, { offset: 0, totalPages: 1, currentPage: 1 }],
    [{ page: 9, limit: 20 }, 0, { offset: 0, totalPages: 1, currentPage: 1 }],
    [{ page: 2, limit: 20 }, 40, { offset: 20, totalPages: 2, currentPage: 2 }],
    [{ page: 3, limit: 20 }, 41, { offset: 40, totalPages: 3, currentPage: 3 }],
    [{ page: 99, limit: 20 }, 41, { offset: 40, totalPages: 3, currentPage: 3 }],
  ])('%j of %i items is %j', (query, total, { offset, ...expected }) => {
    expect(pagination({ ...read(''), ...query }, total)).toMatchObject({ offset, pagination: { ...expected, totalItems: total } })
  })

  test('always lies within the list', () => {
    const positive = fc.integer({ min: 1, max: 1_000 })
    fc.assert(
      fc.property(positive, positive, fc.nat(10_000), (page, limit, total) => {
        const { offset } = pagination({ ...read(''), page, limit }, total)
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(offset).toBeLessThan(Math.max(1, total))
      }),
    )
  })
})
