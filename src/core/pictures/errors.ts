// Refusals of uploaded pictures; codes as Pocket ID's clients know them.
import { type AppError, commonErrors, defineErrors } from '../errors.ts'
import type { Redrawn } from './pictures.ts'

export const pictureErrors = defineErrors({
  invalid_image: { status: 400, message: 'This picture cannot be read.' },
  file_type_not_supported: { status: 415, message: 'This kind of file is not supported. Use a JPEG, PNG or WebP picture.' },
  image_not_found: { status: 404, message: 'There is no such picture.' },
})

/** The refusal for a picture that could not be drawn. */
export function pictureRefusal({ kind, why }: Exclude<Redrawn, { readonly kind: 'drawn' }>): AppError {
  const message = `This picture cannot be used: ${why}.`
  if (kind === 'unknown') return pictureErrors.refuse('file_type_not_supported')
  return kind === 'damaged'
    ? pictureErrors.refuse('invalid_image', { message })
    : commonErrors.refuse('file_too_large', { message })
}
