// What becomes of a picture that is put up: drawn anew where it is made of pixels, kept as it is where it is a drawing.
import { commonErrors } from '#core/errors.ts'
import type { ImageName } from '#core/images-port.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { pictureErrors, pictureRefusal } from '#core/pictures/errors.ts'
import { imageType } from '#core/pictures/image-type.ts'

export interface Drawn {
  readonly type: string
  readonly bytes: Uint8Array
}

interface Rule {
  /** The longest side in pixels; larger ones are made smaller. */
  readonly mostSide: number
  readonly lossless: boolean
  /** Kinds that are kept as they are. */
  readonly asTheyAre: readonly ('image/svg+xml' | 'image/x-icon')[]
}

/** Mail programs and apps that ask for somebody's picture show no SVG. */
const rules: Readonly<Record<Exclude<ImageName, 'default-profile-picture'>, Rule>> = {
  logo: { mostSide: 512, lossless: true, asTheyAre: ['image/svg+xml'] },
  'logo-dark': { mostSide: 512, lossless: true, asTheyAre: ['image/svg+xml'] },
  background: { mostSide: 1920, lossless: false, asTheyAre: ['image/svg+xml'] },
  favicon: { mostSide: 192, lossless: true, asTheyAre: ['image/svg+xml', 'image/x-icon'] },
  email: { mostSide: 512, lossless: true, asTheyAre: [] },
}

/** Drawings are sent to every browser as they are. */
const mostDrawingBytes = 512 * 1024

const unsupported = (kinds: string) =>
  pictureErrors.refuse('file_type_not_supported', { message: `This kind of file is not supported here. Use ${kinds}.` })

/** @throws AppError file_type_not_supported, invalid_image, file_too_large */
export async function drawn({ pictures }: Pick<Host, 'pictures'>, name: ImageName, bytes: Uint8Array): Promise<Drawn> {
  const rule = name === 'default-profile-picture' ? undefined : rules[name]
  const type = imageType(bytes)
  const kept = rule?.asTheyAre.find((one) => one === type)
  if (kept) {
    if (bytes.length <= mostDrawingBytes) return { type: kept, bytes }
    throw commonErrors.refuse('file_too_large', { message: 'This drawing cannot be used: it has more than 512 kB.' })
  }
  const made = rule ? await pictures.whole(bytes, rule) : await pictures.square(bytes)
  if (made.kind === 'drawn') return made
  if (made.kind !== 'unknown') throw pictureRefusal(made)
  if (rule?.asTheyAre.includes('image/x-icon')) throw unsupported('an SVG, ICO, PNG, JPEG or WebP picture')
  throw unsupported(rule?.asTheyAre.length ? 'an SVG, PNG, JPEG or WebP picture' : 'a PNG, JPEG or WebP picture')
}
