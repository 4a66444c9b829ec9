import { oauthError } from '../errors.ts'
import { createLru, type Lru } from '../lru.ts'
import { membersOf } from '../members.ts'
import type { ClientAuth, Provider } from '../provider.ts'
import { parseSecureUrl } from '../secure-url.ts'
import type { Members } from './call-endpoint.ts'
import { clientSecretBasic, clientSecretPost, none } from './client-auth.ts'
import { fetchMetadata, type MetadataRequest } from './fetch-metadata.ts'
import { isText, objectFrom } from './read-answer.ts'

/** The options of {@link discover}: what an issuer does not say about itself. */
export type DiscoverOptions = Pick<Provider, 'apis' | 'exceptApis' | 'insecureHosts'> & {
  /** The provider's name in errors and events. @defaultValue The host of the issuer. */
  readonly name?: string | undefined
  /**
   * The client authentication.
   *
   * @defaultValue The first of `clientSecretBasic`, `clientSecretPost` and `none` that the issuer accepts.
   */
  readonly clientAuth?: ClientAuth | undefined
  /**
   * Whether the client shows a certificate (mutual TLS). The endpoints are then those of `mtls_endpoint_aliases`, if the issuer
   * names them, and the client authentication is `none`: the certificate says who the client is. Token requests need a `fetch`
   * with that certificate. See RFC 8705 §2 and §5.
   *
   * @defaultValue `false`
   */
  readonly mutualTls?: boolean | undefined
  /** The `fetch` that gets the metadata. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /** How long that may take, in milliseconds. @defaultValue 9000 */
  readonly timeoutMs?: number | undefined
}

/**
 * Describes an authorization server by the metadata that it publishes, so that its issuer is enough.
 *
 * The metadata is that of OpenID Connect, else that of OAuth 2.0. It must name exactly this issuer. It is kept for an hour,
 * for all calls in this process with this issuer and this `fetch`. If it then cannot be fetched again, the old one is used for a day more,
 * and the next attempt is a minute later.
 *
 * The result is plain data: a spread can change it. A token source that exists keeps the data that it was made with.
 *
 * @param issuer - the issuer identifier, such as `https://id.example.com/realms/main`.
 * @throws {@link OAuthError} `TOKEN_UNAVAILABLE` if the server does not answer, `TOKEN_MALFORMED` if its metadata is
 * missing, names another issuer, or has an endpoint that is no secure URL. `TypeError` if the issuer is no secure URL, or
 * accepts none of the usual client authentications and `clientAuth` is not given.
 * @see {@link https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig OpenID Connect Discovery 1.0 §4},
 * {@link https://www.rfc-editor.org/rfc/rfc8414.html#section-3 RFC 8414 §3}
 * @example
 * ```ts
 * import { bearer, createTokenSource, discover } from '@oauthkit/core'
 * import ky from 'ky'
 *
 * export async function createApi() {
 *   const provider = await discover('https://id.example.com', { apis: ['https://api.example.com'] })
 *   return ky.extend(bearer(createTokenSource({ provider, clientId: 'app', clientSecret: 'secret' })))
 * }
 * ```
 */
export async function discover(issuer: string, options: DiscoverOptions): Promise<Provider> {
  const { apis, exceptApis, insecureHosts, name, mutualTls = false, clientAuth, ...request } = membersOf(options)
  const unknown = Object.entries(request).find(
    ([option, value]) => value !== undefined && !/^(fetch|timeoutMs)$/.test(option),
  )?.[0]
  if (unknown !== undefined) throw new TypeError(`discover: ${unknown} is not an option: check its spelling`)
  const url = parseSecureUrl(issuer, 'issuer', insecureHosts)
  if (url.search || url.hash) throw new TypeError('the issuer must have neither a query nor a fragment')
  const provider = { name: name ?? url.host, issuer, apis, exceptApis, insecureHosts }
  const found = await metadataOf(url, provider, request)
  const aliases = mutualTls ? await objectFrom(() => found['mtls_endpoint_aliases']) : undefined
  const auth = clientAuth ?? (mutualTls ? none : usualAuth(provider.name, found))
  const described: Record<string, unknown> = { ...provider, clientAuth: auth }
  for (const [member, wireName] of Object.entries(members)) {
    const isEndpoint = member.endsWith('Endpoint')
    const value = (isEndpoint ? aliases?.[wireName] : undefined) ?? found[wireName]
    if (value === undefined || value === null) continue
    if (isEndpoint || member === 'jwksUri') checkEndpoint(provider, wireName, value)
    described[member] = Array.isArray(value) ? [...(value as unknown[])] : value
  }
  return described as Provider
}

/** The members of a provider that metadata can have, and their names there. See RFC 8414 §2. */
const members: Partial<Record<keyof Provider, string>> = {
  authorizationEndpoint: 'authorization_endpoint',
  tokenEndpoint: 'token_endpoint',
  revocationEndpoint: 'revocation_endpoint',
  userinfoEndpoint: 'userinfo_endpoint',
  endSessionEndpoint: 'end_session_endpoint',
  jwksUri: 'jwks_uri',
  authorizationResponseIssParameterSupported: 'authorization_response_iss_parameter_supported',
  idTokenSigningAlgorithms: 'id_token_signing_alg_values_supported',
}

type Described = Pick<Provider, 'insecureHosts'> & { readonly name: string; readonly issuer: string }

function checkEndpoint({ name, insecureHosts }: Described, wireName: string, value: unknown): void {
  try {
    if (!parseSecureUrl(isText(value) ? value : '', wireName, insecureHosts).hash) return
  } catch {
    throw oauthError(
      name,
      'TOKEN_MALFORMED',
      `its metadata has a ${wireName} that is no https: URL (for http:, name its host in insecureHosts)`,
    )
  }
  throw oauthError(name, 'TOKEN_MALFORMED', `its metadata has a ${wireName} with a fragment`)
}

function usualAuth(name: string, metadata: Members): ClientAuth {
  // This is the default of RFC 8414 §2.
  const accepted = metadata['token_endpoint_auth_methods_supported'] ?? ['client_secret_basic']
  const usual = Array.isArray(accepted) && Object.keys(auths).find((method) => accepted.includes(method))
  if (usual) return auths[usual] as ClientAuth
  throw new TypeError(
    `${name}: it accepts none of ${Object.keys(auths).join(', ')}: give the option clientAuth, such as privateKeyJwt()`,
  )
}

const auths: Readonly<Record<string, ClientAuth>> = {
  client_secret_basic: clientSecretBasic,
  client_secret_post: clientSecretPost,
  none,
}

const hour = 3_600_000

type Known = { metadata: Members | undefined; fetchedAt: number; failedAt: number }

/**
 * What each `fetch` has found out about its last 100 issuers. Values only: on Workers, a promise of one request may never
 * settle in another.
 */
const caches = /* @__PURE__ */ new WeakMap<typeof fetch, Lru<Known>>()

function knownOf(fetch: typeof globalThis.fetch, issuer: string): Known {
  const cache = caches.get(fetch) ?? createLru((): Known => ({ metadata: undefined, fetchedAt: 0, failedAt: 0 }), 100)
  caches.set(fetch, cache)
  return cache(issuer)
}

/** Returns the metadata of an issuer: that which is known, or else that which is fetched now. */
async function metadataOf(url: URL, provider: Described, request: MetadataRequest): Promise<Members> {
  const known = knownOf(request.fetch ?? globalThis.fetch, provider.issuer)
  const now = Date.now()
  const age = now - known.fetchedAt
  const old = age >= 0 && age < 25 * hour ? known.metadata : undefined
  // After a failure, no caller waits for the server for a minute.
  if (old && (age < hour || now - known.failedAt < 60_000)) return old
  try {
    const metadata = await fetchMetadata(url, provider, request)
    known.metadata = metadata
    known.fetchedAt = Date.now()
    return metadata
  } catch (error) {
    known.failedAt = Date.now()
    if (old) return old
    throw error
  }
}
