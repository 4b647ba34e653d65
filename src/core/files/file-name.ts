// Pure: what a stored file may be called.

const namePattern = /^[a-z0-9-]+(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/

export const isFileName = (text: string): boolean => namePattern.test(text)

/** @throws Error for a name that could lead elsewhere: a fault of the caller, never of a user */
export function safe(name: string): string {
  if (!isFileName(name)) throw new Error(`"${name}" is not the name of a stored file.`)
  return name
}
