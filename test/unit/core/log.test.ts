// One line an event, whatever is in it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLog, errorText, type LogLevel } from '#core/log.ts'

function logOf(level: LogLevel = 'info', json = false) {
  const lines: string[] = []
  const now = () => new Date('2026-01-02T03:04:05.678Z')
  return { lines, log: createLog({ level, json, write: (line) => lines.push(line), now }) }
}

describe('a log line', () => {
  test('is text: time, level, message, fields', () => {
    const { lines, log } = logOf()
    log.info('Job run successfully', { name: 'SyncLdap', duration: '12ms', counts: { created: 1 }, gone: undefined })
    expect(lines).toEqual([
      '2026-01-02T03:04:05.678Z INFO  Job run successfully name=SyncLdap duration=12ms counts="{\\"created\\":1}"',
    ])
  })

  test('is JSON where that is asked for', () => {
    const { lines, log } = logOf('info', true)
    log.warn('Careful', { count: 3 })
    expect(JSON.parse(lines[0] ?? '')).toEqual({ time: '2026-01-02T03:04:05.678Z', level: 'warn', msg: 'Careful', count: 3 })
  })

  test('is dropped below the level', () => {
    const { lines, log } = logOf('warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines).toHaveLength(2)
  })

  test('carries the fields of its log', () => {
    const { lines, log } = logOf()
    log.with({ plugin: 'paper' }).with({ run: 7 }).info('Done', { run: 8 })
    expect(lines[0]).toMatch(/ Done plugin=paper run=8$/)
  })

  test.each([
    'password',
    'ldapBindPassword',
    'client_secret',
    'accessToken',
    'Authorization',
    'apiKey',
    'api_key',
    'encryptionKey',
    'cookie',
  ])('never shows a field called %s', (name) => {
    const { lines, log } = logOf()
    log.error('Oh', { [name]: 'open sesame' })
    expect(lines[0]).not.toContain('sesame')
    expect(lines[0]).toContain('[hidden]')
  })

  test('is one line, whatever a name holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, value) => {
        const { lines, log } = logOf()
        log.info(message, { value })
        expect(lines).toHaveLength(1)
        expect(lines[0]).not.toMatch(/[\n\r\u2028\u2029]/)
      }),
    )
  })

  test('tells an error with all its causes', () => {
    const error = new Error('No run.', { cause: new Error('No answer.', { cause: 'ECONNREFUSED' }) })
    expect(errorText(error)).toBe('No run. (because: No answer. (because: ECONNREFUSED))')
    expect(errorText('plain')).toBe('plain')
  })
})
