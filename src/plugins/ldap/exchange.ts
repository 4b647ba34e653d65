// Requests and answers over one bound connection. A connection that closes, falls silent or talks nonsense ends every question.
import type { Socket } from 'node:net'
import type { Entry } from './entry.ts'
import { DirectoryFailure, lostFailure } from './failures.ts'
import { createMessageReader, type WireMessage } from './wire.ts'

/** Everything one search request was answered. */
export interface Answer {
  readonly entries: readonly Entry[]
  readonly references: number
  readonly code: number
  readonly text: string
  /** The paging cookie: empty at the end, undefined where the server pays no heed to paging. */
  readonly cookie: Uint8Array | undefined
}

export interface ExchangeLimits {
  /** Longest silence while an answer is awaited. */
  readonly silenceMilliseconds: number
  readonly messageBytes: number
  readonly entriesPerAnswer: number
}

export interface Exchange {
  ask(id: number, request: Buffer): Promise<Answer>
  /** Why no more can be asked; undefined while the connection is fine. */
  ended(): Error | undefined
  end(reason: Error): void
}

interface Question {
  readonly entries: Entry[]
  references: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** Takes over what arrives on a socket. @param raw attributes whose values stay bytes */
export function createExchange(socket: Socket, raw: ReadonlySet<string>, limits: ExchangeLimits): Exchange {
  const open = new Map<number, Question>()
  const reader = createMessageReader(raw, limits.messageBytes)
  let reason: Error | undefined
  let silence: NodeJS.Timeout | undefined

  const end = (error: Error) => {
    reason ??= error
    clearTimeout(silence)
    for (const question of open.values()) question.reject(reason)
    open.clear()
    socket.destroy()
  }
  const listen = () => {
    clearTimeout(silence)
    if (open.size === 0) return
    const seconds = Math.round(limits.silenceMilliseconds / 1000)
    silence = setTimeout(() => end(lostFailure(`the directory said nothing for ${seconds} seconds.`)), limits.silenceMilliseconds)
  }
  const take = (message: WireMessage) => {
    const question = open.get(message.id)
    if (message.kind === 'other') {
      // RFC 4511 section 4.4.1: message 0 is the server's notice of disconnection. Intermediate responses (0x79) are no end.
      if (message.id === 0) throw lostFailure(`the directory ended the connection (code ${message.code} ${message.text}).`)
      if (message.tag !== 0x79) throw lostFailure('the directory sent an answer that does not belong to a search.')
    } else if (!question) {
      throw lostFailure('the directory answered a question that was not asked.')
    } else if (message.kind === 'entry') {
      question.entries.push(message.entry)
      if (question.entries.length > limits.entriesPerAnswer) throw tooMany(limits.entriesPerAnswer)
    } else if (message.kind === 'reference') question.references++
    else {
      open.delete(message.id)
      const { code, text, cookie } = message
      question.resolve({ entries: question.entries, references: question.references, code, text, cookie })
    }
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const message of reader.messages(chunk)) take(message)
      listen()
    } catch (error) {
      end(error instanceof DirectoryFailure ? error : lostFailure(error instanceof Error ? error.message : String(error), error))
    }
  })
  socket.on('error', (error) => end(lostFailure(`the connection to the directory broke (${error.message}).`, error)))
  socket.on('close', () => end(lostFailure('the directory closed the connection in the middle of the run.')))

  return {
    ask(id, request) {
      if (reason) return Promise.reject(reason)
      return new Promise<Answer>((resolve, reject) => {
        open.set(id, { entries: [], references: 0, resolve, reject })
        socket.write(request)
        listen()
      })
    },
    ended: () => reason,
    end,
  }
}

const tooMany = (limit: number) =>
  new DirectoryFailure(
    'ldapUserSearchFilter',
    `the directory sent more than ${limit} entries at once. Narrow the filter or the base.`,
  )
