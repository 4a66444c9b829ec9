import { checkCredential, type Credential } from '../endpoint/credential.ts'
import { endpointUrl } from '../endpoint/endpoint-url.ts'
import type { TokenEvent } from '../events.ts'
import type { ClientOptions, FormParameters } from '../endpoint/call-endpoint.ts'
import { ownerOf, type Grant } from '../grant.ts'
import { clientCredentials } from '../grants/client-credentials.ts'
import { copyOf, memberOf, membersOf } from '../members.ts'
import type { ClientAuth, Provider } from '../provider.ts'
import { compileApis } from '../request/apis.ts'
import type { TokenStore } from '../store.ts'

/** The options of {@link createTokenSource}. */
export type TokenSourceOptions = {
  /** The authorization server. @defaultValue The grant's. */
  readonly provider?: Provider | undefined
  /** The client's id. @defaultValue The grant's. */
  readonly clientId?: Credential | undefined
  /** The client's secret. Never put it into a browser, or into another program that strangers can read. */
  readonly clientSecret?: Credential | undefined
  /** The client authentication. @defaultValue The grant's, else the provider's. */
  readonly clientAuth?: ClientAuth | undefined
  /** The grant, which decides how tokens are requested. @defaultValue `clientCredentials()` */
  readonly grant?: Grant | undefined
  /** The scope to request, its words separated by spaces. @defaultValue None is sent, and the server decides. */
  readonly scope?: string | undefined
  /** The resource that the token is for, under the name that the authorization server knows. See RFC 8707. */
  readonly resource?: string | readonly string[] | undefined
  /**
   * More form parameters for the token request, under their wire names, such as `audience`.
   *
   * `grant_type`, `client_id`, `client_secret`, `scope` and `resource` are not allowed here: an option or the grant
   * sets them.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** The allowed URLs, as prefixes. The tokens are sent to no other URL. @defaultValue The provider's. */
  readonly apis?: readonly string[] | undefined
  /** Exceptions within `apis`, as URL prefixes. The tokens are not sent there. @defaultValue The provider's. */
  readonly exceptApis?: readonly string[] | undefined
  /**
   * The `fetch` that sends token requests, such as one for a proxy or a private certificate authority.
   *
   * @defaultValue The platform's.
   */
  readonly fetch?: typeof fetch | undefined
  /**
   * The store that keeps tokens between processes and restarts. If sources have the same store object and need the same
   * token, they share that token and its renewals.
   *
   * @defaultValue None: the source keeps its token in memory, and does not share it.
   */
  readonly store?: TokenStore | undefined
  /**
   * The user id that separates one user's tokens from another user's tokens in the store.
   *
   * If given, it must not be empty: otherwise all users whose id is missing by mistake would share one token.
   */
  readonly key?: string
  /**
   * How long a call waits for a renewal, in milliseconds. Above 0. Keep it below ky's own `timeout` of 10 s, so that the
   * error names the server that did not answer.
   *
   * A refresh token can be used only once. After it was sent, its response is read for up to a minute, even if no call
   * waits any more, and a script stays alive for that long.
   *
   * @defaultValue 9000
   */
  readonly timeoutMs?: number | undefined
  /**
   * How long the store may take for one operation, in milliseconds. Then the source continues without it.
   *
   * @defaultValue 500
   */
  readonly storeTimeoutMs?: number | undefined
  /**
   * How long the store keeps a token that has a refresh token, in milliseconds, for logins of users who do not come back.
   * Each renewal starts this time again. An entry stays at least until its access token expires.
   *
   * @defaultValue Until the refresh token expires, if the server says when. Otherwise until the user logs out.
   */
  readonly entryTtlMs?: number | undefined
  /**
   * The rate limit for successful token requests: how many tokens a source, or all sources that share its token, can
   * get within a minute. Beyond that, callers get `TOKEN_UNAVAILABLE`.
   *
   * It stops loops that no other limit stops. Failed requests have their own limit: see `docs/retries-and-time-limits.md`.
   *
   * @defaultValue 30
   */
  readonly maxTokenRequestsPerMinute?: number | undefined
  /** Keeps a serverless platform awake until a renewal has ended: `(promise) => context.waitUntil(promise)`. */
  readonly waitUntil?: ((renewal: Promise<unknown>) => void) | undefined
  /**
   * The owner of the token in events, such as a tenant's name. The option `key` is never reported, because it may be an
   * e-mail address.
   *
   * @defaultValue Events do not say whose token they are about.
   */
  readonly eventKey?: string | undefined
  /** Receives the token's events, for logs, metrics and traces. Its errors are ignored. */
  readonly onEvent?: ((event: TokenEvent) => void) | undefined
}

/** The credentials of a token request. */
export type Credentials = Pick<ClientOptions, 'clientId' | 'clientSecret'>

/** The same options, complete and checked, without the credentials. */
export type Settings = Omit<
  TokenSourceOptions,
  'clientId' | 'clientSecret' | 'parameters' | 'scope' | 'resource' | 'key'
> & {
  readonly provider: Provider
  readonly clientAuth: ClientAuth
  readonly grant: Grant
  /** The form parameters of each token request, in addition to the grant's. */
  readonly parameters: FormParameters
  readonly apis: readonly string[]
  readonly key: string | undefined
  readonly timeoutMs: number
  readonly storeTimeoutMs: number
  readonly entryTtlMs: number | undefined
  readonly maxTokenRequestsPerMinute: number
}

/**
 * Completes the options. The options take precedence over the grant, and the grant over the provider.
 *
 * @throws `TypeError` if something is missing or wrong.
 */
export function resolveOptions(given: TokenSourceOptions): Credentials & { readonly settings: Settings } {
  if (!isObject(given)) throw new TypeError('createTokenSource needs options')
  const options = membersOf(given)
  const { scope, resource, parameters } = options
  if (typeof options.grant === 'function')
    throw new TypeError('grant is a function: call it, such as clientCredentials()')
  const grant = options.grant === undefined ? usual : isObject(options.grant) && copyOf(options.grant)
  if (!grant || typeof grant.name !== 'string' || !/^(string|function)$/.test(typeof grant.identity))
    throw new TypeError('grant must be a grant with a name and an identity, such as clientCredentials()')
  const described = options.provider ?? grant.provider
  if (!isObject(described)) throw new TypeError('provider is missing: it describes the authorization server')
  const provider = copyOf(described)
  const { name } = provider
  // This throws if it is no name of a header.
  new Headers().has(provider.requestIdHeader ?? 'x')
  endpointUrl(provider, 'tokenEndpoint')

  const clientId = options.clientId ?? grant.clientId
  const clientAuth = options.clientAuth ?? grant.clientAuth ?? provider.clientAuth
  const exceptApis = options.exceptApis ?? provider.exceptApis
  const fail = (option: string, what: string): never => {
    throw new TypeError(`${name}: ${option} ${what}`)
  }
  for (const [option, value] of Object.entries({
    ...options,
    clientId,
    clientAuth,
    exceptApis,
    'provider.name': name,
    'provider.isRejected': provider.isRejected,
    'provider.rejectedStatuses': provider.rejectedStatuses,
    'provider.tokenRequest': provider.tokenRequest,
    'provider.tokenTypes': provider.tokenTypes,
    'provider.insecureHosts': provider.insecureHosts,
    'provider.headers': provider.headers,
  })) {
    const type = memberOf(types, option)
    if (value === undefined ? required.has(option) : value === '') fail(option, 'is missing or empty')
    if (value === undefined) continue
    if (type === undefined) fail(option, 'is not an option: check its spelling')
    if (type && (value === null || !type.includes(typeof value))) fail(option, `must be a ${type}`)
    if (credentials.has(option) && typeof value === 'string') checkCredential(value, `${name}: ${option}`)
  }
  // These are the characters of RFC 6749 §3.3.
  if (scope && !/^[\x20\x21\x23-\x5B\x5D-\x7E]*$/.test(scope))
    fail('scope', 'must be words of ASCII characters, without quotes and line breaks')
  const { store } = options
  for (const method of ['get', 'set', 'delete'] as const) {
    if (store && typeof memberOf(store, method) !== 'function') fail('store', `must have ${method}()`)
  }
  if (store && provider.singleUse) fail('store', 'is not possible: each token of this provider is for one call only')
  if ('key' in options && !options.key) fail('key', 'is empty: leave it out, or set it to a user id')
  // Such a grant is for users. Without a key, all users would have one entry in the store.
  const owner = store && ownerOf(grant)
  if (store && !grant.parameters && !options.key && !owner) fail('key', 'is missing: set it to the user id')
  // The members of any other object, such as a URLSearchParams, are not its parameters.
  if (Object.prototype.toString.call(parameters ?? {}) !== '[object Object]')
    fail('parameters', 'must be a plain object')
  for (const [option, value] of Object.entries({ ...parameters, resource })) {
    if (![value ?? ''].flat().every((one) => typeof one === 'string')) fail(option, 'must be a string')
  }
  const clash = Object.keys(parameters ?? {}).find((parameter) => reserved.has(parameter))
  if (clash) fail('parameters', `must not hold ${clash}: there is an option or a grant for it`)

  const { timeoutMs = 9000, storeTimeoutMs = 500, maxTokenRequestsPerMinute = 30, entryTtlMs } = options
  const { renewalMarginMs = 1, defaultLifetimeMs = 1 } = provider
  const numbers = { timeoutMs, storeTimeoutMs, maxTokenRequestsPerMinute, renewalMarginMs, defaultLifetimeMs }
  for (const [option, value] of Object.entries(numbers)) {
    // Timers cannot count beyond this: a longer timer would end at once.
    if (typeof value !== 'number' || !(value > 0 && value <= 2_147_483_647))
      fail(option, 'must be a number above 0, and at most 2,147,483,647')
  }

  if (entryTtlMs !== undefined && !(Number.isFinite(entryTtlMs) && entryTtlMs > 0))
    fail('entryTtlMs', 'must be a number above 0')

  const apis = options.apis ?? provider.apis
  if (apis?.length === 0) fail('apis', 'is empty: name the URLs of the APIs that the tokens may be sent to')
  compileApis({ apis, exceptApis, insecureHosts: provider.insecureHosts })

  const { clientSecret, fetch, key, waitUntil, eventKey, onEvent } = options
  const settings = {
    provider,
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
    entryTtlMs,
    maxTokenRequestsPerMinute,
    waitUntil,
    eventKey,
    onEvent,
  }
  // These can hold a secret, or the data of one user or request, which must not stay in memory longer than their source.
  const isPersonal = options.grant || options.clientAuth || store || key || waitUntil || settings.parameters !== none
  return { settings: isPersonal ? settings : shareSettings(settings), clientId: clientId as Credential, clientSecret }
}

/** The last settings for each provider. */
const shared = new WeakMap<Provider, Settings>()

/** Returns the last settings for a provider if all their values are the same, to save memory if there are many tenants. */
function shareSettings(settings: Settings): Settings {
  const last = shared.get(settings.provider)
  if (last && (Object.keys(settings) as (keyof Settings)[]).every((name) => settings[name] === last[name])) return last
  shared.set(settings.provider, settings)
  return settings
}

/** Most sources share these two objects, to save memory if there are many tenants. */
const usual = /* @__PURE__ */ copyOf(/* @__PURE__ */ clientCredentials())
const none: FormParameters = { scope: undefined, resource: undefined }

const isObject = <T>(value: T): value is T & object => typeof value === 'object' && value !== null

const required = new Set(['clientId', 'clientAuth', 'provider.name'])
const credentials = new Set(['clientId', 'clientSecret'])

/**
 * All options, and some members of the provider, and their types. Those without a type here are checked one by one.
 */
const types: Readonly<Record<string, string>> = {
  clientId: 'string or function',
  clientSecret: 'string or function',
  clientAuth: 'function',
  scope: 'string',
  parameters: 'plain object',
  fetch: 'function',
  store: 'store object',
  key: 'string',
  waitUntil: 'function',
  eventKey: 'string',
  onEvent: 'function',
  provider: '',
  grant: '',
  resource: '',
  apis: '',
  exceptApis: 'list object',
  'provider.name': 'string',
  'provider.isRejected': 'function',
  'provider.rejectedStatuses': 'list object',
  'provider.tokenRequest': 'plain object',
  'provider.tokenTypes': 'list object',
  'provider.insecureHosts': 'list object',
  'provider.headers': 'function',
  timeoutMs: '',
  storeTimeoutMs: '',
  entryTtlMs: '',
  maxTokenRequestsPerMinute: '',
}

/** The parameters that other options or the grant provide. */
const reserved = new Set(['grant_type', 'client_id', 'client_secret', 'scope', 'resource'])
