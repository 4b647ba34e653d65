// Pure: how an answer gets to the app: query, fragment (OAuth 2.0 Multiple Response Type Encoding) or a form that posts itself (Form Post Response Mode).
import type { ResponseMode } from './authorize-request.ts'

export type Answer = Readonly<Record<string, string>>

/** The address with the answer in it. What the registered address had in its query stays (RFC 6749 section 3.1.2). */
export function answerUrl(redirectUri: string, mode: Exclude<ResponseMode, 'form_post'>, answer: Answer): string {
  const added = new URLSearchParams(answer).toString()
  const separator = mode === 'fragment' ? '#' : redirectUri.includes('?') ? '&' : '?'
  return `${asciiAddress(redirectUri)}${separator}${added}`
}

/** An address as it may stand in a header (RFC 9110 section 10.2.2): what is not ASCII is encoded, as browsers do it. */
export const asciiAddress = (address: string): string =>
  address.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text.toWellFormed()))

/** Sends the form; its hash stands in the page's policy. */
export const formPostScript = 'document.forms[0].submit()'

/** A page whose form posts the answer; with a button for browsers without script. */
export function formPostPage(redirectUri: string, answer: Answer): string {
  const fields = Object.entries(answer)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('')
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>…</title></head><body>' +
    `<form method="post" action="${escaped(redirectUri)}">${fields}<noscript><button>Continue</button></noscript></form>` +
    `<script>${formPostScript}</script></body></html>`
  )
}

/** The policy of that page: this one script, and one place the form may go to. Its redirects are the app's own business. */
export const formPostPolicy = (scriptHash: string): string =>
  `default-src 'none'; script-src 'sha256-${scriptHash}'; base-uri 'none'; frame-ancestors 'none'`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
