import type { Credential } from './credential.ts'
import type { TokenEvent } from './events.ts'
import type { FormParameters } from './endpoint.ts'
import type { Grant } from './grant.ts'
import { clientCredentials } from './grants/client-credentials.ts'
import type { ClientAuth, Provider } from './provider.ts'
import { checkResources, secureUrl } from './resources.ts'
import type { TokenStore } from './store.ts'

/** What {@link createTokenSource} needs to know. */
export type TokenSourceOptions = {
  /** The authorization server. @defaultValue The grant's. */
  readonly provider?: Provider | undefined
  /** The client's id. @defaultValue The grant's. */
  readonly clientId?: Credential | undefined
  /** The client's secret. It does not belong in a browser or any other program that strangers can read. */
  readonly clientSecret?: Credential | undefined
  /** How the client proves who it is. @defaultValue The grant's, else the provider's. */
  readonly clientAuth?: ClientAuth | undefined
  /** How tokens are asked for. @defaultValue `clientCredentials()` */
  readonly grant?: Grant | undefined
  /** The scope to ask for, its words separated by blanks. @defaultValue None is sent; the server decides. */
  readonly scope?: string | undefined
  /** The resource that the token is for, as the authorization server knows it. See RFC 8707. */
  readonly resource?: string | readonly string[] | undefined
  /** Further form parameters of the token request, under their wire names, such as `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** The URL prefixes that the tokens may be sent to. @defaultValue The provider's. */
  readonly resources?: readonly string[] | undefined
  /** The URL prefixes within `resources` that the tokens may not be sent to. @defaultValue The provider's. */
  readonly exceptResources?: readonly string[] | undefined
  /** The `fetch` that token requests are sent with, for a proxy or a private certificate authority. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /**
   * Where tokens are kept between processes and restarts. Sources over one store object that ask for the same token share
   * it, and its renewals.
   *
   * @defaultValue None: the source keeps its token to itself, in memory.
   */
  readonly store?: TokenStore | undefined
  /**
   * Tells one user's tokens from another's in the store.
   *
   * Present, it must say who: a user id that is missing by mistake would be everybody's.
   */
  readonly key?: string
  /** How long a renewal may take, whatever it waits for, in milliseconds. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined
  /** How long the store may take for one operation before things go on without it, in milliseconds. @defaultValue 500 */
  readonly storeTimeoutMs?: number | undefined
  /**
   * How many tokens may be granted for one key in a minute; beyond that, callers get `TOKEN_UNAVAILABLE`.
   *
   * A fuse against a loop that no other rule foresaw: requests that fail have their own, see `docs/how-it-works.md`.
   *
   * @defaultValue 30
   */
  readonly maxTokenRequestsPerMinute?: number | undefined
  /** Keeps a serverless platform awake until a renewal is over: `(promise) => context.waitUntil(promise)`. */
  readonly waitUntil?: ((renewal: Promise<unknown>) => void) | undefined
  /** Takes what happens to the token, for logs, metrics and traces; what it throws is ignored. */
  readonly onEvent?: ((event: TokenEvent) => void) | undefined
}

/** The same, complete and checked. */
export type Settings = Omit<TokenSourceOptions, 'parameters'> & {
  readonly provider: Provider
  readonly clientId: Credential
  readonly clientAuth: ClientAuth
  readonly grant: Grant
  /** What goes into every token request beside what the grant asks for. */
  readonly parameters: FormParameters
  readonly resources: readonly string[]
  readonly timeoutMs: number
  readonly storeTimeoutMs: number
  readonly maxTokenRequestsPerMinute: number
}

/**
 * Completes the options: what the options say goes first, then the grant, then the provider.
 *
 * @throws `TypeError` if something is missing or wrong.
 */
export function settle(options: TokenSourceOptions): Settings {
  const { grant = clientCredentials(), scope, resource, parameters } = options
  const provider = options.provider ?? grant.provider
  if (!provider) throw new TypeError('provider is missing: it says which authorization server to ask')
  const { name } = provider
  secureUrl(provider.tokenEndpoint, `${name}: tokenEndpoint`)

  const clientId = options.clientId ?? grant.clientId
  if (!clientId) throw new TypeError(`${name}: clientId is missing`)
  if (options.clientSecret === '') throw new TypeError(`${name}: clientSecret is empty`)

  if ('key' in options && !options.key)
    throw new TypeError(`${name}: key is empty: leave it out, or say whose token it is`)

  const given = new Set(['grant_type', 'client_id', 'client_secret', 'scope', 'resource'])
  const clash = Object.keys(parameters ?? {}).find((parameter) => given.has(parameter))
  if (clash) throw new TypeError(`${name}: parameters must not hold ${clash}: there is an option or a grant for it`)

  const resources = options.resources ?? provider.resources
  const exceptResources = options.exceptResources ?? provider.exceptResources
  checkResources({ resources, exceptResources })

  const { timeoutMs = 10_000, storeTimeoutMs = 500, maxTokenRequestsPerMinute = 30 } = options
  for (const [option, value] of Object.entries({ timeoutMs, storeTimeoutMs, maxTokenRequestsPerMinute })) {
    if (!(value > 0)) throw new TypeError(`${name}: ${option} must be a number above 0`)
  }

  return {
    ...options,
    provider,
    clientId,
    clientAuth: options.clientAuth ?? grant.clientAuth ?? provider.clientAuth,
    grant,
    parameters: { ...parameters, scope, resource },
    resources,
    exceptResources,
    timeoutMs,
    storeTimeoutMs,
    maxTokenRequestsPerMinute,
  }
}
