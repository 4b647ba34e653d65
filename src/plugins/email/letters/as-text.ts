// Pure: a letter for those who read plain text.
import type { Letter } from './compose.ts'

export function asText({ greeting, paragraphs, code, codeHint, facts = [], button, after, footer }: Letter): string {
  const lines = facts.map(([label, value]) => `${label}: ${value}`)
  const parts = [
    greeting,
    ...paragraphs,
    code && `    ${code}`,
    codeHint,
    lines.join('\n'),
    button && `${button.label}:\n${button.href}`,
    after,
    `-- \n${footer}`,
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}
