// The table of the instance's own pictures as drizzle sees it.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { imageNames } from '#core/images-port.ts'

/** Which pictures were put up; the file store holds their bytes. */
export const applicationImages = sqliteTable('application_images', {
  name: text('name', { enum: imageNames }).primaryKey(),
  mediaType: text('media_type').notNull(),
  digest: text('digest').notNull(),
  updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
})
