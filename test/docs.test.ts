// The generated reference is what the sources say today.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { referenceFolder, referencePages } from '../scripts/docs.ts'
import type { OpenApi } from './support/conformance.ts'
import { documentFaults } from './support/openapi-rules.ts'

const pages = await referencePages()

describe('docs/reference', () => {
  test.each(Object.entries(pages))('%s is fresh; if not: npm run docs', (name, text) => {
    const path = join(referenceFolder, name)
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'missing').toBe(text)
  })

  test('names the variables, commands and routes that people look for', () => {
    for (const variable of ['APP_URL', 'ENCRYPTION_KEY', 'LDAP_URL', 'LDAP_BIND_PASSWORD']) {
      expect(pages['settings.md']).toContain(`\`${variable}\``)
    }
    expect(pages['cli.md']).toContain('one-time-access-token')
    expect(pages['openapi.json']).toContain('"/api/application-configuration/sync-ldap"')
  })

  test('holds a sound OpenAPI document of every plugin', () => {
    expect(documentFaults(JSON.parse(pages['openapi.json'] ?? '{}') as OpenApi)).toEqual([])
  })
})
