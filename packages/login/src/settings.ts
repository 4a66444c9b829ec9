import type { ClientAuth, Credential, Provider } from '@oauthkit/core'
import { resolveCredential, needsClientSecret, parseSecureUrl } from '@oauthkit/core/plugin'
import type { AuthorizationServer } from 'oauth4webapi'
import { metadataOf } from './metadata.ts'

/** The options of {@link createLogin}. */
export type LoginOptions = {
  /**
   * Where users sign in. It needs an `issuer`, which its metadata and all ID tokens must name.
   *
   * If it has no `authorizationEndpoint` or no `jwksUri`, the login fetches its metadata. The members of this object
   * have priority over the metadata.
   */
  readonly provider: Provider
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret. @defaultValue None: a public client, which needs `clientAuth: none`. */
  readonly clientSecret?: Credential | undefined
  /** How the client proves who it is. @defaultValue The provider's `clientAuth`. */
  readonly clientAuth?: ClientAuth | undefined
  /** The URL that users come back to, exactly as registered at the provider: `https:`, or `http:` on loopback. */
  readonly redirectUri: string
  /**
   * The scope to ask for, its words separated by spaces. If empty, none is sent, and the server decides.
   *
   * @defaultValue `openid`
   */
  readonly scope?: string | undefined
  /** A `fetch` for all requests, for a proxy or a private certificate authority. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /** The time limit of each call of the login, with all its requests, in milliseconds. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined
}

/** The options of a login, complete and checked. */
export type LoginSettings = LoginOptions & {
  /** The provider's data, in the form of metadata. */
  readonly metadata: AuthorizationServer
  readonly clientAuth: ClientAuth
  readonly scope: string
  readonly timeoutMs: number
  /** Aborts the requests of one call when it times out. */
  readonly signal: AbortSignal
}

/**
 * Checks and completes the options.
 *
 * @throws `TypeError` if one is missing or wrong.
 */
export function resolveOptions(options: LoginOptions): Omit<LoginSettings, 'signal'> {
  const { provider, redirectUri, clientSecret, scope = 'openid', timeoutMs = 10_000 } = options
  const { name, issuer, discoveryUrl } = provider
  const fail = (what: string): never => {
    throw new TypeError(`${name}: ${what}`)
  }
  if (!issuer) return fail('issuer is missing: ID tokens cannot be checked without it')
  const { search, hash } = parseSecureUrl(issuer, `${name}: issuer`)
  if (search || hash) fail('issuer must have no query and no fragment')
  if (discoveryUrl !== undefined) parseSecureUrl(discoveryUrl, `${name}: discoveryUrl`)
  if (parseSecureUrl(redirectUri, `${name}: redirectUri`).hash) fail('redirectUri must not have a fragment')
  if (!options.clientId) fail('clientId is missing or empty')
  const { clientAuth = provider.clientAuth } = options
  if (clientSecret === '' || (clientSecret === undefined && needsClientSecret(clientAuth)))
    fail('clientSecret is missing or empty: a client without a secret needs another clientAuth, such as none')
  if (!(timeoutMs > 0 && timeoutMs <= 2_147_483_647))
    fail('timeoutMs must be a number above 0, and at most 2,147,483,647')
  return { ...options, metadata: metadataOf(provider), clientAuth, scope, timeoutMs }
}

/** Returns the client's id. Calls the option if it is a function. */
export const clientIdOf = ({ provider, clientId }: Pick<LoginSettings, 'provider' | 'clientId'>): Promise<string> =>
  resolveCredential(provider, 'clientId', clientId)
