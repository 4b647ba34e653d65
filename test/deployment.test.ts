// What people copy to run this: compose.yaml with .env.example, the README's docker line, and the Dockerfile behind both.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkFaults } from '#core/kernel/change-settings.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import type { SettingsTable } from '#core/settings/define.ts'
import { resolve } from '#core/settings/resolve.ts'
import { catalog } from '../src/plugins/catalog.ts'
import { readSource } from './support/sources.ts'

interface Service {
  readonly image: string
  readonly build?: string
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
}

const table: SettingsTable = Object.assign({}, coreSettings, ...catalog.map(({ settings }) => settings))
const compose = parse(readSource('compose.yaml')) as {
  readonly services: Readonly<Record<'pocket-id' | 'lldap', Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const example = Object.fromEntries(
  [...readSource('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
)
/** `.env.example` with its blanks filled in, as a reader does. */
const filled = Object.fromEntries(
  Object.entries(example).map(([name, value]) => [name, value || 'pGhY0vW3m5Zk1uS8rD4qTn6aXb2cEfJh']),
)
const ours = compose.services['pocket-id']

/** Compose's way to put variables in: ${NAME}, ${NAME:-default}, ${NAME:?complaint}. */
const interpolate = (text: string): string =>
  text.replace(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_, name: string, otherwise = '') => filled[name] || otherwise)

/** What the server would complain about, with these variables and nothing else. */
function complaints(environment: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.values(resolve(table, { environment: {}, files: {}, stored: {} }, false).settings).map(
    ({ variable }) => variable,
  )
  const unknown = Object.keys(environment).filter((name) => !names.includes(name))
  const { faults, settings } = resolve(table, { environment, files: {}, stored: {} }, false)
  return [...unknown, ...[...faults, ...checkFaults(catalog, settings)].map(({ field, message }) => `${field}: ${message}`)]
}

describe('compose.yaml', () => {
  test('sets what the server knows, to what it takes', () => {
    const environment = Object.entries(ours.environment).map(([name, value]) => [name, interpolate(value)] as const)
    expect(environment.length).toBeGreaterThan(15)
    expect(complaints(Object.fromEntries(environment))).toEqual([])
  })

  test('asks for exactly what .env.example explains', () => {
    const asked = [...readSource('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
    expect([...new Set(asked)].sort()).toEqual(Object.keys(example).sort())
  })

  test('brings no secret of its own', () => {
    const secrets = Object.keys(example).filter((name) => /KEY|PASS|SECRET|SEED/.test(name))
    expect(secrets.length).toBe(4)
    expect(secrets.filter((name) => example[name] !== '')).toEqual([])
    const texts = [ours, compose.services.lldap].flatMap(({ environment }) =>
      Object.entries(environment).filter(([name]) => /KEY|PASSWORD|_PASS|SECRET|SEED/.test(name)),
    )
    expect(texts.filter(([, value]) => !value.startsWith('${'))).toEqual([])
  })

  test('runs the image as it is meant: data on its volume, the rest read-only, without rights', () => {
    const dockerfile = readSource('Dockerfile')
    const [, volume] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? []
    const [, port] = /^EXPOSE (\d+)$/m.exec(dockerfile) ?? []
    expect(ours).toMatchObject({ build: '.', read_only: true, cap_drop: ['ALL'] })
    expect(ours.ports).toEqual([`${port}:${port}`])
    expect(ours.volumes.map((one) => one.split(':')[1])).toEqual([volume])
    for (const { volumes } of Object.values(compose.services))
      for (const one of volumes) expect(compose.volumes).toHaveProperty(one.split(':')[0] ?? '')
  })
})

test('the docker line of the README sets what the server knows, and names every attribute that a sync needs', () => {
  const variables = [...readSource('README.md').matchAll(/^ +-e (\w+)='?(.*?)'? \\$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
  expect(variables.length).toBeGreaterThan(10)
  expect(complaints(Object.fromEntries(variables))).toEqual([])
})

test('the build sees the sources and neither secrets nor what was built before', () => {
  const rules = readSource('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(rules[0]).toBe('*')
  const copied = [...readSource('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  )
  expect(rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))).toEqual(expect.arrayContaining(copied))
})
