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

/** A {@link TokenSource} whose token you can also set and clear. */
export type OwnTokenSource = TokenSource & {
  /** {@inheritDoc TokenSource.peek} */
  readonly peek: () => string | undefined
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
  const settings = resolveOptions(options)
  const { provider, apis, exceptApis, store, onEvent } = settings
  const source: SourceData = {
    settings,
    locate: store ? locateInStore(store) : locateInMemory,
    report: onEvent ? reporter(settings, onEvent) : ignore,
    state: undefined,
    latest: undefined,
    changing: undefined,
    locateError: undefined,
  }
  return {
    apis,
    exceptApis,
    name: provider.name,
    insecureHosts: provider.insecureHosts,
    headers: provider.headers,
    isRejected: rejectionCheck(provider),
    onEvent: onEvent && source.report,
    peek: () => serve(source)?.authorization,
    getToken: async (given?: GetTokenOptions) => {
      const need: GetTokenOptions = given ? membersOf(given) : anyToken
      const { signal } = need
      signal?.throwIfAborted()
      if (provider.singleUse)
        return (await loadPart(provider, 'gets a token for one call')).requestForOneCall(source, signal)
      return serve(source, need)?.token ?? abortable(obtain(source, need), signal)
    },
    setToken: (token) =>
      inOrder(source, async () => (await loadPart(settings.provider, 'sets a token')).setToken(source, token)),
    clear: () => {
      const known = { ...source.state }
      // Forgets the token before anything else, so that no call gets it any more.
      if (source.state) {
        // A running request may have sent the refresh token that the grant starts from, and its answer will be discarded.
        if (source.state.redeeming) source.state.isStartSpent = true
        forget(source.state)
      }
      return inOrder(source, async () => (await loadPart(settings.provider, 'clears a token')).clear(source, known))
    },
    idle: async () => (await loadPart(settings.provider, 'waits until a source is idle')).idle(source),
  }
}

/**
 * Runs `setToken` and `clear` in the order of their calls. On Workers, an earlier one may never settle: its request may
 * have ended.
 */
function inOrder<T>(source: SourceData, work: () => Promise<T>): Promise<T> {
  const done = source.changing ? withTimeout(source.changing, source.settings.timeoutMs, () => {}).then(work) : work()
  source.latest = done
  // The promise does not keep the result, which can be a token.
  source.changing = done.then(ignore, ignore)
  return done
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
