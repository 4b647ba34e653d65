// What another plugin offers, for pages that are not there without it.
import { commonErrors } from '#core/errors.ts'
import type { Port } from '#core/ports.ts'
import type { WebHost } from './view.ts'

/** @throws AppError not_found while no plugin offers it */
export function offered<P>({ host }: WebHost, port: Port<P>): P {
  const found = host.seek(port)
  if (found === undefined) throw commonErrors.refuse('not_found')
  return found
}
