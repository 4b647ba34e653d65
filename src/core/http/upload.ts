// Reads the file of a multipart form. Name and declared type are the sender's words: only the bytes count.
import type { Context } from 'hono'
import { invalidFields } from '../errors.ts'

/** The bytes of the field `file`. @throws AppError validation_failed when there is none */
export async function uploadedFile(c: Context): Promise<Uint8Array> {
  const file = await form(c)
  if (!(file instanceof File) || file.size === 0) {
    throw invalidFields([{ field: 'file', code: 'required', message: 'Is missing: send a picture as multipart/form-data.' }])
  }
  return new Uint8Array(await file.arrayBuffer())
}

async function form(c: Context): Promise<unknown> {
  try {
    return (await c.req.parseBody()).file
  } catch {
    // A body that is no form has no file in it.
    return undefined
  }
}
