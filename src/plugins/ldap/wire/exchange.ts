// Requests and answers over one connection. A connection that closes, falls silent or talks nonsense ends every question.
import type { Socket } from 'node:net'
import type { Entry } from './entry.ts'
import { DirectoryFailure, lostFailure, tooMuchFailure } from './failures.ts'
import { brokenFailure, unheardFailure } from './failures-connecting.ts'
import { type Controls, createMessageReader, type WireMessage } from './wire.ts'

/** Everything one request was answered. */
export interface Answer {
  readonly entries: readonly Entry[]
  readonly references: number
  readonly code: number
  readonly text: string
  /** The paging cookie: empty at the end, undefined where the server pays no heed to paging. */
  readonly cookie: Uint8Array | undefined
  readonly controls: Controls
}

/** Hears of an answer's parts as they come, entries included; then the answer itself holds none. */
export interface Listener {
  hear(message: Extract<WireMessage, { kind: 'entry' | 'intermediate' }>): void
  /** The answer has no end: neither silence nor time is held against it. */
  readonly endless: boolean
}

export interface ExchangeLimits {
  /** Longest silence while an answer is awaited. */
  readonly silenceMilliseconds: number
  /** Longest time for one answer, however busily it trickles. */
  readonly answerMilliseconds: number
  readonly messageBytes: number
  readonly answerBytes: number
  readonly entriesPerAnswer: number
}

/** The message that ends an answer (RFC 4511 sections 4.2.2, 4.5.2 and 4.12). */
export const responses = { bind: 0x61, search: 0x65, extended: 0x78 } as const

export interface Exchange {
  ask(id: number, request: Buffer, last: (typeof responses)[keyof typeof responses], listener?: Listener): Promise<Answer>
  /** Why no more can be asked; undefined while the connection is fine. */
  ended(): Error | undefined
  end(reason: Error): void
  /** Says the last words and hangs up. */
  leave(request: Buffer, reason: Error): void
  /** Stops listening and leaves the socket open, for whoever encrypts it. */
  release(): void
}

interface Question {
  readonly last: number
  readonly entries: Entry[]
  readonly deadline: NodeJS.Timeout | undefined
  readonly listener: Listener | undefined
  references: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const disconnection = 0

/** Samba refuses a control that it does not know with an extended response, whatever was asked. A refusal is a refusal. */
const ends = ({ tag, code }: Extract<WireMessage, { kind: 'result' }>, { last }: Question): boolean =>
  tag === last || (tag === responses.extended && code !== 0)

/** Takes over what arrives on a socket. @param raw attributes whose values stay bytes */
export function createExchange(socket: Socket, raw: ReadonlySet<string>, limits: ExchangeLimits): Exchange {
  const open = new Map<number, Question>()
  const reader = createMessageReader(raw, limits.messageBytes)
  let reason: Error | undefined
  let silence: NodeJS.Timeout | undefined
  let bytes = 0
  let answers = 0

  const end = (error: Error) => {
    finish(error)
    socket.destroy()
  }
  const finish = (error: Error) => {
    reason ??= error
    clearTimeout(silence)
    for (const question of open.values()) {
      clearTimeout(question.deadline)
      question.reject(reason)
    }
    open.clear()
  }
  const listen = () => {
    clearTimeout(silence)
    if ([...open.values()].every(({ listener }) => listener?.endless)) return
    silence = setTimeout(
      () => end(lostFailure(`the directory said nothing for ${seconds(limits.silenceMilliseconds)}.`)),
      limits.silenceMilliseconds,
    )
  }
  const take = (message: WireMessage) => {
    // RFC 4511 section 4.4.1: message 0 is the server's notice of disconnection.
    if (message.id === disconnection && message.kind === 'result')
      throw lostFailure(`the directory ended the connection (code ${message.code} ${message.text}).`)
    const question = open.get(message.id)
    if (!question) throw lostFailure('the directory answered a question that was not asked.')
    if (question.listener && (message.kind === 'entry' || message.kind === 'intermediate')) {
      // What was heard is not kept, so it does not count against what an answer may hold.
      bytes = 0
      question.listener.hear(message)
    } else if (message.kind === 'entry') {
      question.entries.push(message.entry)
      if (question.entries.length > limits.entriesPerAnswer) throw tooMuchFailure(`${limits.entriesPerAnswer} entries`)
    } else if (message.kind === 'reference') question.references++
    else if (message.kind === 'result' && ends(message, question)) answered(question, message)
    // Intermediate responses (RFC 4511 section 4.13) are no end, and nothing we asked for.
    else if (message.kind !== 'intermediate')
      throw lostFailure('the directory sent an answer of another kind than was asked for.')
  }
  const answered = (question: Question, { id, code, text, cookie, controls }: Extract<WireMessage, { kind: 'result' }>) => {
    open.delete(id)
    clearTimeout(question.deadline)
    bytes = 0
    answers++
    question.resolve({ entries: question.entries, references: question.references, code, text, cookie, controls })
  }
  const receive = (chunk: Buffer) => {
    try {
      bytes += chunk.length
      if (bytes > limits.answerBytes) throw tooMuchFailure(`${Math.round(limits.answerBytes / 1024 / 1024)} MiB`)
      for (const message of reader.messages(chunk)) take(message)
      listen()
    } catch (error) {
      end(error instanceof DirectoryFailure ? error : lostFailure(error instanceof Error ? error.message : String(error), error))
    }
  }
  const broken = (error: Error) => end(brokenFailure(error))
  const closed = () => end(answers === 0 ? unheardFailure('encrypted' in socket) : lostFailure(closedInTheMiddle))
  socket.on('data', receive).on('error', broken).on('close', closed)

  return {
    ask(id, request, last, listener) {
      if (reason) return Promise.reject(reason)
      return new Promise<Answer>((resolve, reject) => {
        const late = () => end(lostFailure(`one answer of the directory took longer than ${seconds(limits.answerMilliseconds)}.`))
        const deadline = listener?.endless ? undefined : setTimeout(late, limits.answerMilliseconds)
        open.set(id, { last, deadline, listener, entries: [], references: 0, resolve, reject })
        socket.write(request)
        listen()
      })
    },
    ended: () => reason,
    end,
    leave(request, why) {
      if (!reason) socket.write(request)
      finish(why)
      socket.destroySoon()
    },
    release() {
      finish(lostFailure('the connection was handed on.'))
      socket.off('data', receive).off('error', broken).off('close', closed)
    },
  }
}

const closedInTheMiddle = 'the directory closed the connection in the middle of the run.'
const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} seconds`
