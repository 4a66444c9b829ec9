import type { TokenEvent, TokenEventDetails } from '../events.ts'
import { membersOf } from '../members.ts'
import type { GetTokenOptions, Token, TokenSource } from '../token.ts'
import { abortable, withTimeout } from '../wait.ts'
import { loadPart } from '../load-later.ts'
import { locateInStore } from './locate-in-store.ts'
import { locateInMemory } from './memory-cache.ts'
import { anyToken, obtain, serve } from './obtain.ts'
import { resolveOptions, type Settings, type TokenSourceOptions } from './options.ts'
import { rejectionCheck } from './rejection-check.ts'
import { forget } from './state.ts'
import type { SourceData } from './token-cache.ts'
import { track } from './track.ts'

/**
 * A {@link TokenSource} whose token you can also set and clear.
 *
 * Its functions are methods of a class, so that it needs little memory. Call them on the source itself:
 *
 * - A spread (`{ ...tokens }`) has the rules of the source, such as `apis`, but none of its methods.
 * - `const { getToken } = tokens` separates a method from its source, so that it throws.
 * - A `Proxy`, such as one that Vue's `ref` makes, cannot call them.
 *
 * `membersOf` of `@oauthkit/core/plugin` makes a copy for which all of this works.
 *
 * @example
 * ```ts
 * import { bearer, type TokenSource } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 * import ky from 'ky'
 *
 * // The same source, but it logs each call that needs a token.
 * const tokens = orangeTokens()
 * const logged: TokenSource = {
 *   ...tokens,
 *   getToken: async (options) => {
 *     console.log('a call needs a token')
 *     return tokens.getToken(options)
 *   },
 * }
 * export const api = ky.extend(bearer(logged))
 * ```
 */
export type OwnTokenSource = TokenSource & {
  /** {@inheritDoc TokenSource.peek} */
  peek(): string | undefined
  /** {@inheritDoc TokenSource.isRejected} */
  readonly isRejected: (response: Response) => boolean | Promise<boolean>
  /**
   * Uses a token that was obtained elsewhere, such as by a login. A running renewal does not replace it.
   *
   * @throws `TypeError` if it is not a token. {@link OAuthError} `TOKEN_UNAVAILABLE` if the store failed: the token is
   * then in memory only. The same error if the credentials could not be looked up, or the part of core that does this could
   * not be loaded: the token is then not used.
   */
  setToken(token: Token): Promise<void>
  /**
   * Forgets the token, such as at a log-out. A running renewal does not bring it back. Calls that wait now, and later
   * calls, need a new token. The grant gets one, if it can do so by itself.
   *
   * @returns the forgotten token, even if it has expired, so that you can revoke it at the server. `undefined` if there
   * was none.
   * @throws {@link OAuthError} `TOKEN_UNAVAILABLE` if the store failed, or the part of core that does this could not be
   * loaded: the store may still hold the token. Memory has forgotten it.
   */
  clear(): Promise<Token | undefined>
  /**
   * Resolves when no renewal is running, and each new token is stored. Await it before the process stops, so that no
   * refresh token is lost. It starts no renewal, and ignores their errors.
   *
   * It usually resolves at once. If the token endpoint or the store does not answer, it gives up after a minute.
   *
   * @throws {@link OAuthError} `TOKEN_UNAVAILABLE` if the part of core that does this could not be loaded.
   * @example
   * ```ts
   * import { createServer } from 'node:http'
   * import { orangeTokens } from '@oauthkit/orange'
   *
   * const server = createServer()
   * const tokens = orangeTokens()
   *
   * process.once('SIGTERM', async () => {
   *   server.close()
   *   await tokens.idle()
   * })
   * ```
   */
  idle(): Promise<void>
}

/**
 * Creates a token source. It gets a token when the first call needs one, keeps it, and renews it before it expires. It
 * also renews a token that an API rejected.
 *
 * Create it only once, at module scope: without a `store`, sources do not share their tokens.
 *
 * @throws `TypeError` if an option is missing or wrong.
 * @example
 * ```ts
 * import { bearer, clientSecretBasic, createTokenSource } from '@oauthkit/core'
 * import ky from 'ky'
 *
 * const tokens = createTokenSource({
 *   provider: {
 *     name: 'example',
 *     tokenEndpoint: 'https://id.example.com/token',
 *     apis: ['https://api.example.com'],
 *     clientAuth: clientSecretBasic,
 *   },
 *   clientId: 'app',
 *   clientSecret: 'secret',
 * })
 * export const api = ky.extend(bearer(tokens))
 * ```
 */
export function createTokenSource(options: TokenSourceOptions): OwnTokenSource {
  return new Source(options)
}

/** There can be a source for each of many tenants. To save memory, all of them share their methods. */
class Source implements OwnTokenSource {
  readonly apis
  readonly exceptApis
  readonly insecureHosts
  readonly name
  readonly headers
  readonly isRejected
  readonly onEvent
  /** Private, so that `inspect`, JSON and the logs of servers show no secret. The console of a browser can show it. */
  readonly #data: SourceData

  constructor(options: TokenSourceOptions) {
    const { settings, clientId, clientSecret } = resolveOptions(options)
    const { provider, apis, exceptApis, store, onEvent } = settings
    const report = onEvent ? reporter(settings, onEvent) : ignore
    this.apis = apis
    this.exceptApis = exceptApis
    this.insecureHosts = provider.insecureHosts
    this.name = provider.name
    this.headers = provider.headers
    this.isRejected = rejectionCheck(provider)
    this.onEvent = onEvent && report
    this.#data = {
      settings,
      clientId,
      clientSecret,
      locate: store ? locateInStore(store) : locateInMemory,
      report,
      state: undefined,
      latest: undefined,
      changing: undefined,
      locateError: undefined,
    }
  }

  peek() {
    return serve(this.#data)?.authorization
  }

  async getToken(given?: GetTokenOptions) {
    const source = this.#data
    const { provider } = source.settings
    const need: GetTokenOptions = given ? membersOf(given) : anyToken
    const { signal } = need
    signal?.throwIfAborted()
    if (provider.singleUse)
      return (await loadPart(provider, 'gets a token for one call')).requestForOneCall(source, signal)
    return serve(source, need)?.token ?? abortable(obtain(source, need), signal)
  }

  setToken(token: Token) {
    const source = this.#data
    return inOrder(source, async () =>
      (await loadPart(source.settings.provider, 'sets a token')).setToken(source, token),
    )
  }

  clear() {
    const source = this.#data
    const known = { ...source.state }
    // Forgets the token before anything else, so that no call gets it any more.
    if (source.state) {
      // A running request may have sent the refresh token that the grant starts from, and its answer will be discarded.
      if (source.state.redeeming) source.state.isStartSpent = true
      forget(source.state)
    }
    return inOrder(source, async () =>
      (await loadPart(source.settings.provider, 'clears a token')).clear(source, known),
    )
  }

  async idle() {
    const source = this.#data
    return (await loadPart(source.settings.provider, 'waits until a source is idle')).idle(source)
  }
}

/**
 * Runs `setToken` and `clear` in the order of their calls. On Workers, an earlier one may never settle: its request may
 * have ended.
 */
function inOrder<T>(source: SourceData, work: () => Promise<T>): Promise<T> {
  const done = source.changing ? withTimeout(source.changing, source.settings.timeoutMs, () => {}).then(work) : work()
  // The promise does not keep the result, which can be a token.
  source.changing = done.then(ignore, ignore)
  return track(source, done)
}

/** Adds to each event whose token it is about. */
const reporter = (settings: Settings, onEvent: (event: TokenEvent) => void) => (event: TokenEventDetails) => {
  const { provider, grant, eventKey } = settings
  // An error of the handler must not fail the call, and a rejection must not end the process.
  try {
    const identity = { provider: provider.name, grant: grant.name, ...(eventKey && { key: eventKey }) }
    const told = onEvent({ ...event, ...identity }) as unknown as Promise<unknown> | undefined
    told?.catch(ignore)
  } catch {}
}

const ignore = () => {}
