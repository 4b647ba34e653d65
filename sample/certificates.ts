// A certificate authority of one directory's own, and the certificates that it signed.
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

/** What is special about a certificate; the rest is a good one of a server on this machine. */
export interface Wish {
  /** Names, as subjectAltName has them. */
  readonly names?: string
  readonly commonName?: string
  readonly usage?: 'serverAuth' | 'clientAuth'
  /** As openssl-ca(1) takes them: YYYYMMDDHHMMSSZ. */
  readonly from?: string
  readonly until?: string
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
const local = 'DNS:localhost,IP:127.0.0.1,IP:::1'
const day = 86_400_000

/** Makes an authority and a server's certificate in `folder` by openssl, valid for localhost and 127.0.0.1. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await makeAuthority(folder)
  return issue(folder, 'server')
}

/** A self-signed authority: `ca.crt` and `ca.key`. */
export async function makeAuthority(folder: string, commonName = 'Test CA'): Promise<void> {
  const at = (name: string) => join(folder, name)
  const subject = ['-subj', `/O=Pocket ID Edge tests/CN=${commonName}`, '-keyout', at('ca.key'), '-out', at('ca.crt')]
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  await run('openssl', ['req', '-x509', ...newKey, '-days', '30', ...subject, ...extensions])
  const database = `database = ${at('ca.db')}\nnew_certs_dir = ${folder}\nrand_serial = yes\ndefault_md = sha256`
  await writeFile(
    at('ca.cnf'),
    `[ca]\ndefault_ca = d\n[d]\n${database}\nunique_subject = no\npolicy = p\n[p]\ncommonName = supplied\n`,
  )
  await writeFile(at('ca.db'), '')
}

/** A certificate of the folder's authority: `name.crt` and `name.key`. */
export async function issue(folder: string, name: string, wish: Wish = {}): Promise<Certificates> {
  const { names = local, commonName = 'localhost', usage = 'serverAuth', from, until } = wish
  const at = (file: string) => join(folder, file)
  const files = { caFile: at('ca.crt'), certificateFile: at(`${name}.crt`), keyFile: at(`${name}.key`) }
  await run('openssl', [
    'req',
    '-new',
    ...newKey,
    '-subj',
    `/CN=${commonName}`,
    '-keyout',
    files.keyFile,
    '-out',
    at(`${name}.csr`),
  ])
  const extensions = `basicConstraints=CA:FALSE\nextendedKeyUsage=${usage}\nsubjectAltName=${names}\n`
  await writeFile(at(`${name}.ext`), extensions)
  const signer = ['-config', at('ca.cnf'), '-cert', files.caFile, '-keyfile', at('ca.key'), '-extfile', at(`${name}.ext`)]
  const validity = ['-startdate', from ?? openSslTime(-1), '-enddate', until ?? openSslTime(30)]
  await run('openssl', [
    'ca',
    '-batch',
    '-notext',
    ...signer,
    ...validity,
    '-in',
    at(`${name}.csr`),
    '-out',
    files.certificateFile,
  ])
  return files
}

/** A certificate that vouches for itself. */
export async function selfSigned(folder: string, name: string): Promise<Certificates> {
  const at = (file: string) => join(folder, file)
  const files = { caFile: at('ca.crt'), certificateFile: at(`${name}.crt`), keyFile: at(`${name}.key`) }
  const out = [
    '-subj',
    '/CN=localhost',
    '-addext',
    `subjectAltName=${local}`,
    '-keyout',
    files.keyFile,
    '-out',
    files.certificateFile,
  ]
  await run('openssl', ['req', '-x509', ...newKey, '-days', '30', ...out])
  return files
}

/** Days from now. */
export const openSslTime = (days: number): string => new Date(Date.now() + days * day).toISOString().replace(/[-:T]|\.\d+/g, '')
