// The Go program oauth2-proxy in front of an app: built once by scripts/setup.mjs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ApacheOptions, answers, type ProtectedSite } from './apache.ts'

const program = fileURLToPath(new URL('../../.cache/bin/oauth2-proxy', import.meta.url))

/** Starts it and waits until it answers. Whoever it lets in is told so by a static page; /oauth2/userinfo says who that is. */
export async function startOauth2Proxy(
  { issuer, clientId, clientSecret, port }: ApacheOptions,
  ...more: string[]
): Promise<ProtectedSite> {
  if (!existsSync(program)) throw new Error(`There is no ${program}; node scripts/setup.mjs scripts/test.ts builds it.`)
  const url = `http://127.0.0.1:${port}`
  const flags = {
    provider: 'oidc',
    'oidc-issuer-url': issuer,
    'client-id': clientId,
    'client-secret': clientSecret,
    'redirect-url': `${url}/oauth2/callback`,
    'http-address': `127.0.0.1:${port}`,
    'cookie-secret': 'a cookie secret of 32 characters'.slice(0, 32),
    'cookie-secure': 'false',
    'code-challenge-method': 'S256',
    scope: 'openid profile email groups',
    'email-domain': '*',
    'skip-provider-button': 'true',
    'insecure-oidc-allow-unverified-email': 'true',
    upstream: 'static://200',
  }
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const child = spawn(program, [...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(String(part)))
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  try {
    await answers(`${url}/ping`, child)
  } catch (error) {
    await stop()
    throw new Error(`oauth2-proxy does not answer:\n${said.join('')}`, { cause: error })
  }
  return { url, stop }
}
