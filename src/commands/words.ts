// What the commands that change everything share: their words, a question before it happens, and one line from standard input.
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'

export interface Said {
  print(line: string): void
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Asks on the terminal whether to go on. @throws Error when the answer is no, or nobody is there to answer */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Error(`${question} Nobody is here to answer; add --yes to say yes.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`${question} [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nothing was changed.')
  } finally {
    terminal.close()
  }
}

/** Everything that standard input says. */
export const standardInput = (): Promise<string> => text(process.stdin)
