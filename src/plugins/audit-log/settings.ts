// How long the audit log is kept.
import { defineSettings, whole } from '#core/settings/define.ts'

export const settings = defineSettings({
  auditLogRetentionDays: whole({
    label: 'Keep the audit log',
    help: 'Days after which entries of the audit log are removed.',
    default: 90,
    min: 1,
    max: 36_500,
    environmentOnly: true,
  }),
})
