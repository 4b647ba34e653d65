// What a file may cost whoever reads it: its length, its first line, and nothing left for later.
import { describe, expect, test } from 'vitest'
import { filesBelow, readSource } from './support/sources.ts'

const maxLines = 300
const folders = ['src', 'sample', 'test', 'bench', 'scripts']
const files = folders.flatMap((folder) => filesBelow(folder, /\.(tsx?|mjs|sh|sql|css)$/))
const typescript = files.filter((path) => /\.tsx?$/.test(path))

/** The files whose text says something, each with the line that does. */
const saying = (pattern: RegExp, among: readonly string[]): readonly string[] =>
  among.flatMap((path) =>
    readSource(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  )

test('there is something to measure', () => {
  expect(typescript.length).toBeGreaterThan(100)
})

describe('every file', () => {
  test(`has at most ${maxLines} lines`, () => {
    const long = files
      .map((path) => ({ path, lines: readSource(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > maxLines)
    expect(long).toEqual([])
  })

  test('starts with a comment that says its place', () => {
    expect(typescript.filter((path) => !/^(#!.*\n)?\/\/ [A-Z`]/.test(readSource(path)))).toEqual([])
  })

  test('leaves nothing for later', () => {
    const words = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X\\b(?!X)', 'HA' + 'CK']
    expect(saying(new RegExp(`\\b(${words.join('|')})\\b`), files)).toEqual([])
  })

  test('is understood by the compiler and the linter without being told to look away', () => {
    const words = ['@ts-' + 'ignore', '@ts-' + 'nocheck', 'biome-' + 'ignore', ': a' + 'ny\\b', 'as a' + 'ny\\b']
    expect(saying(new RegExp(words.join('|')), typescript)).toEqual([])
  })

  test('is named in kebab-case', () => {
    expect(
      files.filter(
        (path) =>
          !/^[a-z0-9-]+(\.test|\.d)?\.\w+$/.test(
            path
              .split('/')
              .at(-1)
              ?.replace(/^0\d+_\w+/, 'x') ?? '',
          ),
      ),
    ).toEqual([])
  })
})
