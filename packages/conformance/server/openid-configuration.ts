import { exportJWK, generateKeyPair } from 'jose'
import type { ClientMetadata, Configuration, JWKS } from 'oidc-provider'
import { errors } from './certified-provider.ts'
import { askToLogOut, findAccount } from './interactions.ts'
import { createMemoryAdapter } from './memory-adapter.ts'

/** The options of an OpenID provider that a test chooses. They survive JSON. */
export type OpenIdProviderOptions = {
  /** The clients that the provider knows, with their public keys. */
  readonly clients: ClientMetadata[]
  /** How long access tokens live, in seconds. @defaultValue 3600 */
  readonly lifetime?: number | undefined
}

/** The scopes that a client is allowed to request, if its metadata does not limit them. */
const scopes = ['orders:read', 'orders:write', 'orders:delete']

/** Returns the provider's configuration: each setting that has no default, or a default that causes a warning. */
export async function configure(api: string, options: OpenIdProviderOptions): Promise<Configuration> {
  const lifetime = options.lifetime ?? 3600
  return {
    adapter: createMemoryAdapter(),
    jwks: await rotateKeys({ keys: [] }),
    clients: options.clients,
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    },
    clientBasedCORS: () => true,
    scopes: ['openid', 'offline_access', ...scopes],
    claims: { openid: ['sub'], profile: ['name', 'given_name'] },
    findAccount,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: lifetime,
      ClientCredentials: lifetime,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    renderError: (context, error) => {
      context.body = error
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_context, { clientId }, token) => token.clientId === clientId },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: askToLogOut },
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

/** Adds a new key. The provider signs with it from now on. */
export async function rotateKeys({ keys }: JWKS): Promise<JWKS> {
  // The provider's default is RS256. Its keys take long to generate.
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { keys: [await exportJWK(privateKey), ...keys] }
}
