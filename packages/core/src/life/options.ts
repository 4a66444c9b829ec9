import type { Credential } from '../endpoint/credential.ts'
import type { TokenEvent } from '../events.ts'
import type { FormParameters } from '../endpoint/call-endpoint.ts'
import type { Grant } from '../grant.ts'
import { clientCredentials } from '../grants/client-credentials.ts'
import type { ClientAuth, Provider } from '../provider.ts'
import { compileApis } from '../request/apis.ts'
import { parseSecureUrl } from '../secure-url.ts'
import type { TokenStore } from '../store.ts'

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
  /**
   * Further form parameters of the token request, under their wire names, such as `audience`.
   *
   * Not `grant_type`, `client_id`, `client_secret`, `scope` and `resource`, which have options of their own.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** The URL prefixes that the tokens may be sent to. @defaultValue The provider's. */
  readonly apis?: readonly string[] | undefined
  /** The URL prefixes within `apis` that the tokens may not be sent to. @defaultValue The provider's. */
  readonly exceptApis?: readonly string[] | undefined
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
  /** How long a renewal may take, whatever it waits for, in milliseconds; above 0. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined
  /** How long the store may take for one operation before things go on without it, in milliseconds. @defaultValue 500 */
  readonly storeTimeoutMs?: number | undefined
  /**
   * How many tokens may be granted for one key in a minute; beyond that, callers get `TOKEN_UNAVAILABLE`.
   *
   * A limit against a loop that no other rule foresaw: requests that fail have their own, see `docs/how-it-works.md`.
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
export type Settings = Omit<TokenSourceOptions, 'parameters' | 'scope' | 'resource' | 'key'> & {
  readonly provider: Provider
  readonly clientId: Credential
  readonly clientAuth: ClientAuth
  readonly grant: Grant
  /** What every token request holds in addition to what the grant asks for. */
  readonly parameters: FormParameters
  readonly apis: readonly string[]
  readonly key: string | undefined
  readonly timeoutMs: number
  readonly storeTimeoutMs: number
  readonly maxTokenRequestsPerMinute: number
}

/**
 * Completes the options: what the options say goes first, then the grant, then the provider.
 *
 * @throws `TypeError` if something is missing or wrong.
 */
export function resolveOptions(options: TokenSourceOptions): Settings {
  if (!isObject(options)) throw new TypeError('createTokenSource needs options')
  const { grant = usual, scope, resource, parameters } = options
  if (!isObject(grant) || typeof grant.name !== 'string')
    throw new TypeError('grant must be a grant: clientCredentials()')
  const provider = options.provider ?? grant.provider
  if (!isObject(provider)) throw new TypeError('provider is missing: it says which authorization server to ask')
  const { name } = provider
  parseSecureUrl(provider.tokenEndpoint, `${name}: tokenEndpoint`)

  const clientId = options.clientId ?? grant.clientId
  const clientAuth = options.clientAuth ?? grant.clientAuth ?? provider.clientAuth
  const fail = (option: string, what: string): never => {
    throw new TypeError(`${name}: ${option} ${what}`)
  }
  for (const [option, value] of Object.entries({ ...options, clientId, clientAuth })) {
    const type = types[option]
    if (value === undefined ? required.has(option) : value === '') fail(option, 'is missing or empty')
    if (value !== undefined && type && (value === null || !type.includes(typeof value)))
      fail(option, `must be a ${type}`)
  }
  const { store } = options
  for (const method of ['get', 'set', 'delete'] as const) {
    if (store && typeof store[method] !== 'function') fail('store', `must have ${method}()`)
  }
  if ('key' in options && !options.key) fail('key', 'is empty: leave it out, or say whose token it is')
  const clash = Object.keys(parameters ?? {}).find((parameter) => reserved.has(parameter))
  if (clash) fail('parameters', `must not hold ${clash}: there is an option or a grant for it`)

  const { timeoutMs = 10_000, storeTimeoutMs = 500, maxTokenRequestsPerMinute = 30 } = options
  const { renewalMarginMs = 1, defaultLifetimeMs = 1 } = provider
  const numbers = { timeoutMs, storeTimeoutMs, maxTokenRequestsPerMinute, renewalMarginMs, defaultLifetimeMs }
  for (const [option, value] of Object.entries(numbers)) {
    // What timers can count: more would be over at once.
    if (!(value > 0 && value <= 2_147_483_647)) fail(option, 'must be a number above 0, and at most 2,147,483,647')
  }

  const apis = options.apis ?? provider.apis
  const exceptApis = options.exceptApis ?? provider.exceptApis
  if (apis?.length === 0) fail('apis', 'is empty: name the URLs of the APIs that the tokens may be sent to')
  compileApis({ apis, exceptApis })

  const { clientSecret, fetch, key, waitUntil, onEvent } = options
  return {
    provider,
    clientId: clientId as Credential,
    clientSecret,
    clientAuth,
    grant,
    parameters: scope || resource || parameters ? { ...parameters, scope, resource } : none,
    apis,
    exceptApis,
    fetch,
    store,
    key,
    timeoutMs,
    storeTimeoutMs,
    maxTokenRequestsPerMinute,
    waitUntil,
    onEvent,
  }
}

/** What most sources have in common: there may be one for each of many tenants. */
const usual = /* @__PURE__ */ clientCredentials()
const none: FormParameters = { scope: undefined, resource: undefined }

const isObject = <T>(value: T): value is T & object => typeof value === 'object' && value !== null

const required = new Set(['clientId', 'clientAuth'])

/** The types of those options that would fail late or in the dark if they were of another. */
const types: Readonly<Record<string, string>> = {
  clientId: 'string or function',
  clientSecret: 'string or function',
  clientAuth: 'function',
  scope: 'string',
  key: 'string',
  parameters: 'plain object',
  store: 'store object',
  fetch: 'function',
  waitUntil: 'function',
  onEvent: 'function',
}

/** The parameters that other options and the grant are for. */
const reserved = new Set(['grant_type', 'client_id', 'client_secret', 'scope', 'resource'])
