// One server as a process of its own, from the sources, with the administrator's key and no limits of rate.
import { fromSource, type PocketId, startPocketId } from '../../sample/pocket-id.ts'
import { adminKey } from './instance.ts'

export interface TestServer extends PocketId {
  /** Asks as the administrator that STATIC_API_KEY stands for. */
  asAdmin(path: string, init?: RequestInit): Promise<Response>
}

/** Starts a server and waits until it listens. @throws Error with its output when it does not */
export async function startServer(environment: Readonly<Record<string, string>> = {}, program = fromSource): Promise<TestServer> {
  const server = await startPocketId(program, { STATIC_API_KEY: adminKey, DISABLE_RATE_LIMITING: 'true', ...environment })
  try {
    await server.line(/Listening/)
  } catch (error) {
    await server.stop()
    throw error
  }
  return {
    ...server,
    asAdmin: (path, init = {}) =>
      fetch(new URL(path, server.url), {
        ...init,
        headers: { 'x-api-key': adminKey, 'content-type': 'application/json', ...init.headers },
      }),
  }
}
