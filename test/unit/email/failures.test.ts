// What a mail server does, in words: each sentence names the next step, has its German, and repeats no password.
import { expect, test } from 'vitest'
import { failureOf, type Server } from '../../../src/plugins/email/failures.ts'
import { wordsOf } from '../../../src/plugins/web/messages/messages.ts'

const server: Server = { host: 'mail.example.org', port: 587, tls: 'starttls' }
const { said } = wordsOf('de')

const told: [message: string, parts: object, at?: Server][] = [
  ['connect ECONNREFUSED 192.0.2.7:587', { code: 'ESOCKET' }],
  ['getaddrinfo ENOTFOUND mail.example.org', { code: 'EDNS' }],
  ['connect EHOSTUNREACH 192.0.2.7:587', { code: 'ESOCKET' }],
  ['self-signed certificate', { code: 'ESOCKET' }],
  ['Hostname/IP does not match certificate\'s altnames: "x"', { code: 'ESOCKET' }],
  ['Invalid login', { code: 'EAUTH', responseCode: 535, response: '535 wrong password hunter2' }],
  ['Invalid login', { code: 'EAUTH', responseCode: 530, response: '530 Must issue a STARTTLS command first' }],
  ['error:0A00010B:SSL routines::wrong version number', { code: 'ESOCKET' }],
  ['Error upgrading connection with STARTTLS', { code: 'ETLS', command: 'STARTTLS' }],
  ['Connection timeout', { code: 'ETIMEDOUT' }],
  ['Greeting never received', { code: 'ETIMEDOUT' }, { ...server, tls: 'tls' }],
  ['aborted', { code: 'EABORT' }],
  ['Mail command failed', { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550, response: '550 No "such" sender' }],
  ['Mail command failed', { code: 'EENVELOPE', command: 'MAIL FROM' }],
  ['Recipient failed', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 Unknown\r\n550 here' }],
  ['Recipient failed', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 450 }],
  ['Message failed', { code: 'EMESSAGE', responseCode: 554, response: '554 Spam' }],
  ['Message failed', { code: 'EMESSAGE', responseCode: 451 }],
  ['Connection closed unexpectedly', { code: 'ECONNECTION' }],
  ['Unexpected', { code: 'EPROTOCOL', responseCode: 421, response: '421 Too busy' }],
]

test.each(told)('%s %j', (message, parts, at = server) => {
  const { sentence } = failureOf(Object.assign(new Error(message), parts), at)
  expect(sentence).toMatch(/^[A-Z].*\.$/s)
  expect(sentence).not.toMatch(/hunter2|[\r\n]/)
  expect(said(sentence)).not.toBe(sentence)
  expect(said(sentence)).not.toMatch(/"\*"|#/)
})

test('only a refusal for good of this very letter ends the attempts, and only troubles of the server keep the others waiting', () => {
  const verdict = (parts: object) => {
    const { isFinal, ofServer } = failureOf(Object.assign(new Error('failed'), parts), server)
    return [isFinal, ofServer]
  }
  expect(verdict({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 })).toEqual([true, false])
  expect(verdict({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 450 })).toEqual([false, false])
  expect(verdict({ code: 'EMESSAGE', responseCode: 554 })).toEqual([true, false])
  expect(verdict({ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550 })).toEqual([false, true])
  expect(verdict({ code: 'EAUTH', responseCode: 535 })).toEqual([false, true])
  expect(verdict({ code: 'ECONNECTION' })).toEqual([false, true])
})
