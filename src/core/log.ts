// One line per event, as logfmt-like text or as JSON. Plugins get a log that already carries their name.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log whose every line also carries these fields. */
  with(fields: LogFields): Log
}

export interface LogOptions {
  readonly level: LogLevel
  readonly json: boolean
  /** Takes one finished line without its newline. */
  readonly write: (line: string) => void
  readonly now?: () => Date
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }
// The last fence against a secret in the log: whoever logs such a field by mistake logs its name only.
const secretName = /password|secret|token|authorization|cookie|api_?key|encryption_?key/i

/** Makes a log. Lines below `level` are dropped before any work is done for them. */
export function createLog(options: LogOptions, base: LogFields = {}): Log {
  const line = (level: LogLevel, message: string, fields?: LogFields) => {
    if (rank[level] < rank[options.level]) return
    const time = (options.now?.() ?? new Date()).toISOString()
    const all = clean({ ...base, ...fields })
    options.write(options.json ? JSON.stringify({ time, level, msg: message, ...all }) : textLine(time, level, message, all))
  }
  return {
    debug: (message, fields) => line('debug', message, fields),
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
    with: (fields) => createLog(options, { ...base, ...fields }),
  }
}

function clean(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      if (value === undefined) return []
      if (secretName.test(key)) return [[key, '[hidden]']]
      return [[key, value instanceof Error ? errorText(value) : value]]
    }),
  )
}

/** An error and its causes in one line; the stack only where nobody expected the error. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (because: ${errorText(error.cause)})`
  return `${closedPath(error) ?? error.message}${cause}`
}

/** Node's permission model keeps to itself which path it closed; whoever has to set a variable wants to know. */
function closedPath(error: Error): string | undefined {
  if (!('code' in error) || error.code !== 'ERR_ACCESS_DENIED' || !('resource' in error) || !error.resource) return undefined
  return `${error.resource} is closed to this process: it opens only the folders and files that its variables name.`
}

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${textValue(value)}`)
  return `${time} ${level.toUpperCase().padEnd(5)} ${oneLine(message)}${pairs.join('')}`
}

function textValue(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /^[\w.:/@+-]+$/.test(text) ? text : oneLine(JSON.stringify(text))
}

// A user name with a line break must not be able to forge a log line.
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
