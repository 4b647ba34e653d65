// Everything about apps that the endpoints and the administration work with, put together.
import { createClientAssertions } from './client-assertion.ts'
import { createClientAuthentication } from './client-auth.ts'
import { type ClientLogos, createClientLogos } from './client-logos.ts'
import { type ClientSecrets, createClientSecrets } from './client-secrets.ts'
import { createClients } from './clients.ts'
import { createDescribedLogos } from './described-logos.ts'
import { createDpopProofs } from './dpop-proof.ts'
import { oidcErrors } from './errors.ts'
import { createKeySets, type KeySets } from './key-sets.ts'
import { createMetadataDocuments, type MetadataDocuments } from './metadata-documents.ts'
import type { ClientAuthentication, ClientDirectory, ProofOfPossession, Resources } from './parts.ts'
import { grantTypes } from './protocol/grant-types.ts'
import type { OidcHost } from './provider.ts'
import { createRegistrations, type Registrations } from './registration.ts'
import { createResources } from './resources.ts'
import { createSpentIds, type SpentIds } from './spent-ids.ts'

export interface ClientParts {
  readonly clients: ClientDirectory
  readonly authentication: ClientAuthentication
  readonly proofs: ProofOfPossession
  readonly resources: Resources
  readonly secrets: ClientSecrets
  readonly keySets: KeySets
  readonly logos: ClientLogos
  readonly documents: MetadataDocuments
  readonly registrations: Registrations
  readonly spent: SpentIds
}

/** What they need of the plugin's host. */
export type ClientPartsHost = Pick<
  OidcHost,
  'db' | 'clock' | 'vault' | 'files' | 'pictures' | 'outside' | 'settings' | 'core' | 'log'
>

export function createClientParts(host: ClientPartsHost): ClientParts {
  const { settings } = host
  const signingAlgorithms = [...new Set([settings.oidcSigningAlgorithm, 'ES256', 'RS256'])]
  const offered = grantTypes(settings)
  const spent = createSpentIds(host.db, host.clock)
  const keySets = createKeySets(host)
  const secrets = createClientSecrets(host)
  const documentOffer = {
    signingAlgorithms,
    grantTypes: offered.filter((one) => one !== 'client_credentials'),
    // Nobody hands a secret to an app that nobody registered.
    authMethods: ['none', 'private_key_jwt'],
    usualAlgorithm: null,
    demandsPkce: true,
  }
  const logos = createClientLogos(host)
  const described = createDescribedLogos(host, logos)
  const documents = createMetadataDocuments(host, described, documentOffer, (message) =>
    oidcErrors.refuse('oidc_metadata_document_unusable', { message }),
  )
  const clients = createClients({ host, keySets, documents })
  const assertions = createClientAssertions({ host, directory: clients, keySets, spent })
  const registrationOffer = {
    signingAlgorithms,
    grantTypes: offered,
    authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    // "The default, if omitted, is RS256" (OpenID Connect Dynamic Client Registration 1.0 section 2).
    usualAlgorithm: 'RS256',
    demandsPkce: false,
  }
  return {
    clients,
    authentication: createClientAuthentication({ directory: clients, secrets, assertions, db: host.db }),
    proofs: createDpopProofs(host, spent),
    resources: createResources(host),
    secrets,
    keySets,
    logos,
    documents,
    registrations: createRegistrations(host, secrets, described, registrationOffer),
    spent,
  }
}
