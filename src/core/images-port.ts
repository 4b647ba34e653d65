// The pictures by which an instance presents itself: for whoever shows them, in pages and in letters.
import type { Port } from './ports.ts'

export const imageNames = ['logo', 'logo-dark', 'background', 'favicon', 'email', 'default-profile-picture'] as const
export type ImageName = (typeof imageNames)[number]

/** A picture that can be had. */
export interface StoredPicture {
  readonly type: string
  /** Changes with the content. */
  readonly digest: string
  read(): Promise<Uint8Array | undefined>
}

export interface InstanceImages {
  /** What administrators put up, as far as it is known at this moment: asked with every page, so it waits for nothing. */
  current(): ReadonlyMap<ImageName, Pick<StoredPicture, 'type' | 'digest'>>
  /** One that was put up. Letters have the logo where they have no picture of their own, if mail programs can show it. */
  find(name: ImageName): Promise<StoredPicture | undefined>
  /** @throws AppError file_type_not_supported, invalid_image, file_too_large */
  put(name: ImageName, bytes: Uint8Array, actorId: string | null): Promise<void>
  /** @throws AppError image_not_found */
  remove(name: ImageName, actorId: string | null): Promise<void>
}

export const instanceImages: Port<InstanceImages> = { name: 'instance-images' }
