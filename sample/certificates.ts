// A certificate authority of one directory's own, and the server certificate that it signed.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Files in PEM form. */
export interface Certificates {
  readonly caFile: string
  readonly certificateFile: string
  readonly keyFile: string
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes both in `folder` by openssl, valid for localhost and 127.0.0.1. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name)
  const ca = ['-subj', '/O=Pocket ID Edge tests/CN=Test CA', '-keyout', at('ca.key'), '-out', at('ca.crt')]
  const caExtensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  await run('openssl', ['req', '-x509', ...newKey, '-days', '30', ...ca, ...caExtensions])
  await run('openssl', [
    'req',
    '-new',
    ...newKey,
    '-subj',
    '/CN=localhost',
    '-keyout',
    at('server.key'),
    '-out',
    at('server.csr'),
  ])
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'
  await writeFile(at('server.ext'), `basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n${names}\n`)
  const signer = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '30', '-extfile', at('server.ext')]
  await run('openssl', ['x509', '-req', '-in', at('server.csr'), '-out', at('server.crt'), ...signer])
  return { caFile: at('ca.crt'), certificateFile: at('server.crt'), keyFile: at('server.key') }
}
