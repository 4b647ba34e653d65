// What there is to set about the numbers for monitoring.
import * as v from 'valibot'
import { defineSettings, flag, text } from '#core/settings/define.ts'

export const settings = defineSettings({
  metricsEnabled: flag({
    label: 'Metrics',
    help: 'Serves numbers for monitoring at /metrics, in Prometheus’ text format, to administrators and holders of the token.',
    environmentOnly: true,
  }),
  metricsToken: text({
    label: 'Token for metrics',
    help: 'Whoever sends it as bearer token may read /metrics and nothing else; at least 16 characters. Without it only administrators may, with an API key.',
    schema: v.union([
      v.literal(''),
      v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,}$/, 'Must be at least 16 characters of ASCII without blanks.')),
    ]),
    secret: true,
    environmentOnly: true,
  }),
})
