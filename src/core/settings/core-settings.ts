// The settings of the core itself: where we listen, where data lives, and how the instance presents itself.
import * as v from 'valibot'
import type { FieldFault } from '../errors.ts'
import { isNetwork } from '../http/networks.ts'
import { bucketFaults, bucketSettings } from './bucket-settings.ts'
import { isColour } from './colour.ts'
import { choice, defineSettings, flag, list, text, type Values, whole } from './define.ts'

const origin = v.pipe(
  v.string(),
  v.url('Must be an address such as https://id.example.org.'),
  v.check((address) => /^https?:$/.test(new URL(address).protocol), 'Must begin with https:// or http://.'),
  v.check((address) => ['', '/'].includes(new URL(address).pathname), 'Must have no path: use a host name of its own.'),
  v.transform((address) => new URL(address).origin),
)
const network = v.pipe(v.string(), v.check(isNetwork, 'Must be addresses or CIDR ranges such as 10.1.0.0/16.'))
const orEmpty = <S extends v.GenericSchema<string, string>>(schema: S) => v.union([v.literal(''), schema])

export const coreSettings = defineSettings({
  appUrl: text({
    label: 'Public address',
    help: 'Where people reach this server. The passkeys and the issuer are bound to its host name.',
    default: 'http://localhost:1411',
    schema: origin,
    environmentOnly: true,
  }),
  encryptionKey: text({
    label: 'Encryption key',
    help: 'Protects secrets and signing keys at rest; at least 16 characters. Without it a first start on a file database makes one beside it.',
    schema: orEmpty(
      v.pipe(v.string(), v.minLength(16, 'Must have at least 16 characters; make one with: openssl rand -base64 32')),
    ),
    secret: true,
    environmentOnly: true,
  }),
  host: text({ label: 'Listen address', help: 'The address to listen on.', default: '0.0.0.0', environmentOnly: true }),
  port: whole({
    label: 'Listen port',
    help: 'The TCP port to listen on.',
    default: 1411,
    min: 0,
    max: 65535,
    environmentOnly: true,
  }),
  unixSocket: text({ label: 'Unix socket', help: 'Listen on this socket instead of a port.', environmentOnly: true }),
  unixSocketMode: text({
    label: 'Unix socket mode',
    help: 'Permissions of the socket, in octal.',
    schema: orEmpty(v.pipe(v.string(), v.regex(/^0?[0-7]{3}$/, 'Must be octal, such as 0660.'))),
    environmentOnly: true,
  }),
  tlsCert: text({
    label: 'TLS certificate',
    help: 'PEM chain or the path of its file, to serve https directly.',
    environmentOnly: true,
  }),
  tlsKey: text({
    label: 'TLS key',
    help: 'PEM private key of the certificate, or the path of its file.',
    secret: true,
    environmentOnly: true,
  }),
  dbConnectionString: text({
    label: 'Database',
    help: 'A file path or file: URL, or libsql://, http(s):// of a libSQL server.',
    default: 'data/pocket-id.db',
    schema: v.pipe(
      v.string(),
      v.check(
        (place) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(place) || /^(file|libsql|https?|wss?):/.test(place),
        'Must be a path, or a file:, libsql:, http: or https: address. Other databases, such as PostgreSQL, cannot be used.',
      ),
      v.check(
        (place) => !/:memory:|[?&]mode=memory\b/i.test(place),
        'Must be a file: a database in memory is another one for every connection, and gone with the process.',
      ),
    ),
    secret: true,
    environmentOnly: true,
  }),
  fileBackend: choice(['filesystem', 'database', 's3'], {
    label: 'File storage',
    help: 'Where uploaded pictures live: a folder, or the database or a bucket (S3), which several servers share.',
    default: 'filesystem',
    anyCase: true,
    environmentOnly: true,
  }),
  uploadPath: text({
    label: 'Upload folder',
    help: 'The folder for uploaded pictures. Empty: data/uploads, in a bucket its top.',
    environmentOnly: true,
  }),
  ...bucketSettings,
  libsqlAuthToken: text({ label: 'libSQL token', help: 'Token for the libSQL server.', secret: true, environmentOnly: true }),
  uiConfigDisabled: flag({
    label: 'Configuration by environment alone',
    help: 'The pages and the API cannot change settings; stored values are ignored.',
    environmentOnly: true,
  }),
  trustProxy: list({
    label: 'Trusted proxies',
    help: 'Whose X-Forwarded-* headers count: true for everybody, or addresses and CIDR ranges.',
    default: 'false',
    each: v.union([v.picklist(['true', 'false']), network], 'Must be true, or addresses and CIDR ranges such as 10.1.0.0/16.'),
    environmentOnly: true,
  }),
  trustedPlatform: text({
    label: 'Header of the platform',
    help: 'The header in which a platform names the visitor’s address, such as CF-Connecting-IP. It counts before all others, so nobody may reach this server but through that platform.',
    schema: v.pipe(v.string(), v.regex(/^[\w-]*$/, 'Must be the name of a header, such as CF-Connecting-IP.')),
    environmentOnly: true,
  }),
  outgoingNetworks: list({
    label: 'Networks that may be contacted',
    help: 'Addresses and CIDR ranges of this machine or of private networks that requests to apps (their keys, metadata, logos, sign-out) may go to.',
    each: network,
    environmentOnly: true,
  }),
  staticApiKey: text({
    label: 'Static API key',
    help: 'A key that acts as a built-in administrator in X-API-KEY; at least 16 characters.',
    schema: orEmpty(v.pipe(v.string(), v.minLength(16, 'Must have at least 16 characters.'))),
    secret: true,
    environmentOnly: true,
  }),
  disableRateLimiting: flag({
    label: 'No rate limits',
    help: 'Switches rate limits off, for tests and load.',
    environmentOnly: true,
  }),
  analyticsDisabled: flag({ label: 'No analytics', help: 'Accepted; this server never sends analytics.', environmentOnly: true }),
  logLevel: choice(['debug', 'info', 'warn', 'error'], {
    label: 'Log level',
    help: 'Lines below this level are not written.',
    default: 'info',
    anyCase: true,
    environmentOnly: true,
  }),
  logJson: flag({ label: 'JSON log', help: 'One JSON object a line instead of text.', environmentOnly: true }),
  plugins: list({
    label: 'Plugins',
    help: 'Paths or npm names of plugins to load beside the built-in ones.',
    environmentOnly: true,
  }),
  appName: text({
    label: 'Name',
    help: 'The name people see on every page.',
    default: 'Pocket ID Edge',
    schema: v.pipe(v.string(), v.minLength(1, 'Must not be empty.'), v.maxLength(30, 'Must have at most 30 characters.')),
    public: true,
  }),
  sessionDuration: whole({
    label: 'Session duration',
    help: 'Minutes after which people must sign in again.',
    default: 60,
    min: 1,
    max: 43_200,
  }),
  homePageUrl: text({
    label: 'Home page',
    help: 'Where people land after signing in.',
    default: '/settings/account',
    public: true,
  }),
  emailsVerified: flag({ label: 'E-mail addresses are verified', help: 'New accounts start with a verified e-mail address.' }),
  accentColor: text({
    label: 'Accent colour',
    help: 'A CSS colour, or default.',
    default: 'default',
    schema: v.pipe(v.string(), v.check(isColour, 'Must be default, or a colour such as #4f46e5 or oklch(.55 .2 277).')),
    public: true,
  }),
  disableAnimations: flag({ label: 'No animations', help: 'Pages stand still.', public: true }),
  allowOwnAccountEdit: flag({
    label: 'People may edit their account',
    help: 'Applies to accounts that do not come from a directory.',
    default: true,
    public: true,
  }),
  requireUserEmail: flag({
    label: 'E-mail required',
    help: 'Every account needs an e-mail address.',
    default: true,
    public: true,
  }),
})

export type CoreSettings = typeof coreSettings

/** What is wrong with values that are each well-formed. */
export const coreFaults = (core: Values<CoreSettings>): readonly FieldFault[] => [...tlsFaults(core), ...bucketFaults(core)]

/** The two halves of TLS: one without the other would quietly serve http. */
function tlsFaults({ tlsCert, tlsKey }: Values<CoreSettings>): readonly FieldFault[] {
  if ((tlsCert === '') === (tlsKey === '')) return []
  const [missing, given] = tlsCert === '' ? ['TLS_CERT', 'TLS_KEY'] : ['TLS_KEY', 'TLS_CERT']
  return [{ field: missing, code: 'required', message: `Is missing: ${given} is set, and https needs both.` }]
}
