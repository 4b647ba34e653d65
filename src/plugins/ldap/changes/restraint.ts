// A directory locks an account that is refused too often: whoever only looks what changed does not ask again too soon.
import type { LdapSettings } from '../check.ts'
import { type Directory, type DirectoryLimits, openDirectory } from '../wire/directory.ts'
import { DirectoryFailure } from '../wire/failures.ts'

/** What is remembered of an account that was refused. */
export interface Refusals {
  refused?: { readonly failure: DirectoryFailure; readonly at: number } | undefined
}

/** Twice in half an hour, and whole runs beside: directories that count let pass at least three to five. */
const restMilliseconds = 15 * 60_000

/** @throws DirectoryFailure the one of before, while the account rests */
export function assertWelcome({ refused }: Refusals): void {
  if (refused && performance.now() - refused.at < restMilliseconds) throw refused.failure
}

/** Opens a connection and remembers whether the account was refused. @throws DirectoryFailure */
export async function enter(
  settings: LdapSettings,
  raw: ReadonlySet<string>,
  signal: AbortSignal,
  refusals: Refusals,
  limits?: DirectoryLimits,
): Promise<Directory> {
  try {
    const directory = await openDirectory(settings, raw, signal, limits)
    refusals.refused = undefined
    return directory
  } catch (failure) {
    if (failure instanceof DirectoryFailure && failure.refused) refusals.refused = { failure, at: performance.now() }
    throw failure
  }
}
