import type { ClientAuth, Credential, Provider } from '@oauthkit/core'
import {
  checkCredential,
  copyOf,
  membersOf,
  needsClientSecret,
  parseSecureUrl,
  resolveCredential,
} from '@oauthkit/core/plugin'
import type { AuthorizationServer } from 'oauth4webapi'
import { findForeignEndpoints } from './foreign-endpoints.ts'
import { metadataOf, type EndpointName } from './metadata.ts'

/**
 * The options of {@link createLogin}: a `provider`, or the `issuer` alone. `Scope` is the type of the option `scope`, which
 * decides whether there are claims.
 */
export type LoginOptions<Scope extends string | undefined = string | undefined> = {
  /**
   * Where users sign in. It needs an `issuer`, which its metadata and all ID tokens must name. For plain OAuth 2.0, which
   * has no ID tokens, it needs an `authorizationEndpoint` instead.
   *
   * If it has no `authorizationEndpoint` or no `jwksUri`, the login fetches its metadata. The members of this object
   * have priority over the metadata.
   *
   * An endpoint that is not below the issuer's URL must be named by the metadata, or by `trustedEndpoints`. So a sandbox
   * that is a spread of production's data cannot keep an endpoint of production.
   *
   * @defaultValue None: then `issuer` is required.
   */
  readonly provider?: Provider | undefined
  /**
   * The issuer, instead of a `provider`, if its metadata is all that is needed: see `discover` of `@oauthkit/core`. The client
   * authentication is then one that the issuer accepts, unless there is a `clientAuth`.
   *
   * @defaultValue None: then `provider` is required. Both together are a `TypeError`.
   */
  readonly issuer?: string | undefined
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret. @defaultValue None: `clientAuth` must then be `none`, or sign assertions. */
  readonly clientSecret?: Credential | undefined
  /** How the client proves who it is. @defaultValue The provider's `clientAuth`. */
  readonly clientAuth?: ClientAuth | undefined
  /**
   * The URL that users come back to, exactly as registered at the provider: `https:`, or `http:` on loopback and at the
   * provider's `insecureHosts`. For an app on the user's device also a scheme of the app's own, such as `com.example.app:/callback`. See RFC 8252 §7.1.
   */
  readonly redirectUri: string
  /**
   * The scope to ask for, its words separated by spaces. If empty, none is sent, and the server decides.
   *
   * With the word `openid`, the provider must send an ID token, and `finish` returns its claims. With other words only, the
   * sign-in is plain OAuth 2.0: there is no ID token, and nothing says who the user is. If the scope is empty, an ID token is
   * required if the provider has an `issuer`.
   *
   * @defaultValue `openid`
   */
  readonly scope?: Scope
  /** A `fetch` for all requests, for a proxy or a private certificate authority. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /**
   * How fast or slow the clock of this machine can be compared with the provider's, in milliseconds: at most 300_000,
   * five minutes. An ID token's `exp`, `nbf`, `iat` and `auth_time` are checked with it. See RFC 7519 §4.1.4.
   *
   * @defaultValue 30_000
   */
  readonly clockToleranceMs?: number | undefined
  /**
   * More audiences that an ID token can have: client ids, or URLs of APIs. An ID token with any other audience is
   * refused. It must always have this client as audience too, and with several audiences, `azp` must be this client. See
   * OpenID Connect Core 1.0 §3.1.3.7, 3 to 5.
   *
   * @defaultValue None
   */
  readonly trustedAudiences?: readonly string[] | undefined
  /**
   * URLs that endpoints of the provider can have or be below, by whole path segments: `https:`, or `http:` on loopback and
   * for the provider's `insecureHosts`. It is needed only for an endpoint in the provider's data that is not below the issuer's URL, and that the issuer's
   * metadata does not name.
   *
   * @defaultValue None
   */
  readonly trustedEndpoints?: readonly string[] | undefined
  /** The time limit of each call of the login, with all its requests, in milliseconds. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined
}

/** The options of a login, complete and checked. */
export type LoginSettings = LoginOptions & {
  readonly provider: Provider
  /** Whether an ID token is required. */
  readonly isOpenId: boolean
  /** The provider's data, in the form of metadata. */
  readonly metadata: AuthorizationServer
  readonly clientAuth: ClientAuth
  readonly scope: string
  readonly clockToleranceMs: number
  readonly trustedAudiences: readonly string[]
  /** The endpoints in the provider's data that the issuer's metadata must confirm. */
  readonly foreign: readonly EndpointName[]
  readonly timeoutMs: number
  /** Aborts the requests of one call when it times out. */
  readonly signal: AbortSignal
}

/**
 * Checks and completes the options.
 *
 * @throws `TypeError` if one is missing or wrong.
 */
export function resolveOptions(given: LoginOptions & { readonly provider: Provider }): Omit<LoginSettings, 'signal'> {
  const options = membersOf(given)
  const { redirectUri, clientSecret, scope = 'openid' } = options
  const { timeoutMs = 10_000, clockToleranceMs = 30_000, trustedAudiences = [], trustedEndpoints = [] } = options
  // A copy, so that later changes have no effect.
  const provider = copyOf(options.provider)
  const { name, issuer, discoveryUrl, insecureHosts } = provider
  const fail = (what: string): never => {
    throw new TypeError(`${name}: ${what}`)
  }
  const unknown = Object.entries(options).find(([option, value]) => value !== undefined && !names.has(option))?.[0]
  if (unknown !== undefined) fail(`${unknown} is not an option: check its spelling`)
  if (typeof scope !== 'string') fail('scope must be one text, its words separated by spaces')
  const isOpenId = scope === '' ? issuer !== undefined : scope.split(' ').includes('openid')
  if (isOpenId && !issuer)
    fail('issuer is missing: ID tokens cannot be checked without it (for plain OAuth 2.0, give a scope without openid)')
  if (!issuer && !provider.authorizationEndpoint)
    fail('authorizationEndpoint is missing, and there is no issuer to ask')
  if (issuer !== undefined) {
    const { search, hash } = parseSecureUrl(issuer, `${name}: issuer`, insecureHosts)
    if (search || hash) fail('issuer must have no query and no fragment')
  }
  if (discoveryUrl !== undefined) parseSecureUrl(discoveryUrl, `${name}: discoveryUrl`, insecureHosts)
  if (parseRedirectUri(redirectUri, `${name}: redirectUri`, insecureHosts).hash)
    fail('redirectUri must not have a fragment')
  if (!options.clientId) fail('clientId is missing or empty')
  for (const credentialName of ['clientId', 'clientSecret'] as const) {
    const credential = options[credentialName]
    if (typeof credential === 'string' && credential) checkCredential(credential, `${name}: ${credentialName}`)
  }
  // These are the characters of RFC 6749 §3.3.
  if (!/^[\x20\x21\x23-\x5B\x5D-\x7E]*$/.test(scope))
    fail('scope must be words of ASCII characters, without quotes and line breaks')
  const { clientAuth = provider.clientAuth } = options
  if (clientSecret === '' || (clientSecret === undefined && needsClientSecret(clientAuth)))
    fail('clientSecret is missing or empty: a client without a secret needs another clientAuth, such as none')
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= 2_147_483_647))
    fail('timeoutMs must be a number above 0, and at most 2,147,483,647')
  if (!(typeof clockToleranceMs === 'number' && clockToleranceMs >= 0 && clockToleranceMs <= 300_000))
    fail('clockToleranceMs must be a number from 0 to 300,000')
  if (!isTexts(trustedAudiences)) fail('trustedAudiences must be a list of texts that are not empty')
  if (!isTexts(trustedEndpoints)) fail('trustedEndpoints must be a list of URLs')
  for (const url of trustedEndpoints) parseSecureUrl(url, `${name}: one of trustedEndpoints`, insecureHosts)
  const metadata = metadataOf(provider)
  const foreign = findForeignEndpoints(provider, trustedEndpoints)
  return {
    ...options,
    provider,
    metadata,
    foreign,
    clientAuth,
    scope,
    isOpenId,
    timeoutMs,
    clockToleranceMs,
    trustedAudiences: [...trustedAudiences],
  }
}

const names = new Set([
  'provider',
  'clientId',
  'clientSecret',
  'clientAuth',
  'redirectUri',
  'scope',
  'fetch',
  'clockToleranceMs',
  'trustedAudiences',
  'trustedEndpoints',
  'timeoutMs',
] satisfies (keyof LoginOptions)[] as string[])

/** Parses a redirect URI. A scheme of an app's own must have a dot, as a reversed domain has: RFC 8252 §7.1. */
function parseRedirectUri(text: string, what: string, insecureHosts: Provider['insecureHosts']): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || /^https?:$/.test(url.protocol)) return parseSecureUrl(text, what, insecureHosts)
  if (/\.[^:]/.test(url.protocol) && (url.host || url.pathname.startsWith('/'))) return url
  throw new TypeError(
    `${what} must be https:, or have a scheme with a dot and a slash after it, such as com.example.app:/callback`,
  )
}

const isTexts = (value: unknown) =>
  Array.isArray(value) && value.every((text) => typeof text === 'string' && text !== '')

/** Returns the client's id. Calls the option if it is a function. */
export const clientIdOf = ({ provider, clientId }: Pick<LoginSettings, 'provider' | 'clientId'>): Promise<string> =>
  resolveCredential(provider, 'clientId', clientId)
