// Everything the endpoints work with, made once per start.
import type { Host } from '#core/kernel/plugin.ts'
import { type ClientParts, createClientParts } from './client-parts.ts'
import { createDevices, type Devices } from './devices.ts'
import { createGrants, type Grants } from './grants.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { createKeys, type Keys } from './keys.ts'
import { createLogouts, type Logouts } from './logouts.ts'
import { createPushedRequests, type PushedRequests } from './request-sources.ts'
import { createRevocations, type Revocations } from './revocations.ts'
import type { OidcSettings } from './settings.ts'
import { createStandings, type Standings } from './standing.ts'
import { createSubjects, type Subjects } from './subjects.ts'
import { createTokens, type Tokens } from './tokens.ts'

export type OidcHost = Host<OidcSettings>

export interface Provider extends ClientParts {
  readonly host: OidcHost
  /** APP_URL, and nothing else: what tokens name as their maker. */
  readonly issuer: string
  readonly keys: Keys
  readonly tokens: Tokens
  readonly grants: Grants
  readonly interactions: Interactions
  readonly pushed: PushedRequests
  readonly devices: Devices
  readonly subjects: Subjects
  readonly logouts: Logouts
  readonly revocations: Revocations
  readonly standings: Standings
}

export function createProvider(host: OidcHost): Provider {
  const issuer = host.core.appUrl
  const parts = createClientParts(host)
  const { clients, resources } = parts
  const keys = createKeys(host)
  const tokens = createTokens(keys, issuer, host.clock)
  const grants = createGrants(host)
  return {
    ...parts,
    host,
    issuer,
    keys,
    tokens,
    grants,
    interactions: createInteractions(host),
    pushed: createPushedRequests(host),
    devices: createDevices({ host, clients, resources, grants }),
    subjects: createSubjects(host),
    logouts: createLogouts(host, tokens),
    revocations: createRevocations(host),
    standings: createStandings(host, clients.admits),
  }
}
