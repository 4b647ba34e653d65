// The pictures that a Pocket ID showed of itself, drawn anew.
import { AppError } from '#core/errors.ts'
import type { ImageName } from '#core/images-port.ts'
import type { TakeOver } from '#core/transfer/predecessor.ts'
import { createImages } from './images.ts'

/** Its names, and ours. */
const names: Readonly<Record<string, ImageName>> = {
  logo: 'logo',
  logoLight: 'logo',
  logoDark: 'logo-dark',
  logoEmail: 'email',
  background: 'background',
  favicon: 'favicon',
  'default-profile-picture': 'default-profile-picture',
}

export const takeOver: TakeOver = async (from, host) => {
  const images = await createImages(host)
  const notes: string[] = []
  for (const file of from.files) {
    const [, called = ''] = /^application-images\/([^/]+)\.\w+$/.exec(file) ?? []
    const name = names[called]
    if (!name) continue
    try {
      await images.put(name, await from.file(file), null)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      notes.push(`The picture ${file} stays behind: ${error.message}`)
    }
  }
  return { notes }
}
