// The bucket for uploaded pictures, where FILE_BACKEND=s3 says so. The variables are Pocket ID's.
import * as v from 'valibot'
import type { FieldFault } from '../errors.ts'
import { defineSettings, environmentName, flag, text, type Values } from './define.ts'

const endpoint = v.union([
  v.literal(''),
  v.pipe(
    v.string(),
    v.regex(/^https?:\/\/[^\s/?#@]+\/?$/i, 'Must be an address without a path, such as https://s3.example.org.'),
  ),
])

export const bucketSettings = defineSettings({
  s3Bucket: text({ label: 'Bucket', help: 'Its name, for FILE_BACKEND=s3.', environmentOnly: true }),
  s3Region: text({ label: 'Region of the bucket', help: 'As its server calls it.', default: 'us-east-1', environmentOnly: true }),
  s3Endpoint: text({
    label: 'Server of the bucket',
    help: 'The address of a server that speaks S3. Empty: Amazon’s, of that region.',
    schema: endpoint,
    environmentOnly: true,
  }),
  s3AccessKeyId: text({ label: 'Access key of the bucket', help: 'The name of the key.', environmentOnly: true }),
  s3SecretAccessKey: text({
    label: 'Secret of that key',
    help: 'Signs requests; it is never sent.',
    secret: true,
    environmentOnly: true,
  }),
  s3ForcePathStyle: flag({
    label: 'Bucket in the path',
    help: 'The bucket is a part of the path and not of the host name, as MinIO and others want it.',
    environmentOnly: true,
  }),
  s3DisableDefaultIntegrityChecks: flag({
    label: 'No integrity checks',
    help: 'Accepted; requests carry no checksums that servers might not know.',
    environmentOnly: true,
  }),
})

/** What is missing for a bucket. */
export function bucketFaults(core: Values<typeof bucketSettings> & { readonly fileBackend: string }): readonly FieldFault[] {
  if (core.fileBackend !== 's3') return []
  const needed = ['s3Bucket', 's3AccessKeyId', 's3SecretAccessKey'] as const
  return needed
    .filter((key) => core[key] === '')
    .map((key) => ({
      field: environmentName(key, bucketSettings[key]),
      code: 'required',
      message: 'Is missing: FILE_BACKEND=s3 needs it.',
    }))
}
