import { exportJWK, generateKeyPair } from 'jose'
import type { ClientMetadata, Configuration } from 'oidc-provider'
import { errors } from './certified-provider.ts'
import { createMemoryAdapter } from './memory-adapter.ts'

/** What a test decides about an OpenID provider: it survives JSON. */
export type OpenIdProviderOptions = {
  /** The clients that it knows, with their public keys. */
  readonly clients: ClientMetadata[]
  /** How long access tokens live, in seconds. @defaultValue 3600 */
  readonly lifetime?: number | undefined
}

/** What a client may ask for, if its metadata say no less. */
const scopes = ['orders:read', 'orders:write', 'orders:delete']

/** Says how the provider shall work: whatever it has no default for, or one that it warns of. */
export async function configure(api: string, options: OpenIdProviderOptions): Promise<Configuration> {
  // Its default is RS256, whose keys take long to make.
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return {
    adapter: createMemoryAdapter(),
    jwks: { keys: [await exportJWK(privateKey)] },
    cookies: { keys: [crypto.randomUUID()] },
    clients: options.clients,
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    },
    clientBasedCORS: () => true,
    scopes,
    ttl: { ClientCredentials: options.lifetime ?? 3600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_context, { clientId }, token) => token.clientId === clientId },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== api) throw new errors.InvalidTarget()
          return { scope: scopes.join(' '), accessTokenFormat: 'opaque' }
        },
      },
    },
  }
}
