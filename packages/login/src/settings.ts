import type { ClientAuth, Credential, Provider } from '@oauthkit/core'
import { resolveCredential, needsClientSecret, parseSecureUrl } from '@oauthkit/core/plugin'
import type { AuthorizationServer } from 'oauth4webapi'
import { metadataOf } from './metadata.ts'

/** What {@link createLogin} takes. */
export type LoginOptions = {
  /**
   * Where users sign in. It needs an `issuer`, which its metadata and all ID tokens must name. Where it has no
   * `authorizationEndpoint` or no `jwksUri`, that metadata is looked up; what the provider says itself goes first.
   */
  readonly provider: Provider
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret. @defaultValue None: a public client, which needs `clientAuth: none`. */
  readonly clientSecret?: Credential | undefined
  /** How the client proves who it is. @defaultValue The provider's way. */
  readonly clientAuth?: ClientAuth | undefined
  /** Where users come back to, exactly as the provider has it registered: `https:`, or `http:` on loopback. */
  readonly redirectUri: string
  /**
   * What to ask for, its words separated by blanks. Empty: nothing is sent, and the server decides.
   *
   * @defaultValue `openid`
   */
  readonly scope?: string | undefined
  /** The `fetch` to ask the provider with, for a proxy or a private certificate authority. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /** How long each call of a login's may take, whatever it waits for, in milliseconds. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined
}

/** The same, complete and checked. */
export type LoginSettings = LoginOptions & {
  /** What the provider's data says, as metadata. */
  readonly metadata: AuthorizationServer
  readonly clientAuth: ClientAuth
  readonly scope: string
  readonly fetch: typeof fetch
  readonly timeoutMs: number
  /** Ends the requests of one call when its time is over. */
  readonly signal: AbortSignal
}

/**
 * Completes the options.
 *
 * @throws `TypeError` if one is missing or wrong.
 */
export function resolveOptions(options: LoginOptions): Omit<LoginSettings, 'signal'> {
  const { provider, redirectUri, clientSecret, scope = 'openid', timeoutMs = 10_000 } = options
  const { name, issuer, discoveryUrl } = provider
  const fail = (what: string): never => {
    throw new TypeError(`${name}: ${what}`)
  }
  if (!issuer) return fail('issuer is missing: ID tokens could not be checked without')
  const { search, hash } = parseSecureUrl(issuer, `${name}: issuer`)
  if (search || hash) fail('issuer must end with its path')
  if (discoveryUrl !== undefined) parseSecureUrl(discoveryUrl, `${name}: discoveryUrl`)
  if (parseSecureUrl(redirectUri, `${name}: redirectUri`).hash) fail('redirectUri must not have a fragment')
  if (!options.clientId) fail('clientId is missing or empty')
  const { clientAuth = provider.clientAuth, fetch = (input, init) => globalThis.fetch(input, init) } = options
  if (clientSecret === '' || (clientSecret === undefined && needsClientSecret(clientAuth)))
    fail('clientSecret is missing or empty: a client that has none needs another clientAuth, such as none')
  if (!(timeoutMs > 0 && timeoutMs <= 2_147_483_647))
    fail('timeoutMs must be a number above 0, and at most 2,147,483,647')
  return { ...options, metadata: metadataOf(provider), clientAuth, scope, timeoutMs, fetch }
}

/** Looks the client's id up. */
export const clientIdOf = ({ provider, clientId }: Pick<LoginSettings, 'provider' | 'clientId'>): Promise<string> =>
  resolveCredential(provider, 'clientId', clientId)
