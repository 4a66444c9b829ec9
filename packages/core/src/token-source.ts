import { errorOf, isOAuthError } from './errors.ts'
import { exchange, type FormParameters } from './exchange.ts'
import { refreshToken } from './grants/refresh-token.ts'
import { hold, type Held } from './lifetime.ts'
import { createRation } from './ration.ts'
import { rejectionOf } from './rejection.ts'
import { settle, type TokenSourceOptions } from './settings.ts'
import { isAccessToken, type GetTokenOptions, type Token, type TokenSource } from './token.ts'

/** A {@link TokenSource} that also takes a token from outside, and forgets. */
export type OwnTokenSource = TokenSource & {
  /** {@inheritDoc TokenSource.peek} */
  readonly peek: () => string | undefined
  /** {@inheritDoc TokenSource.isRejected} */
  readonly isRejected: (response: Response) => boolean | Promise<boolean>
  /**
   * Uses a token that was obtained elsewhere, after a login say; a renewal in flight is dropped for it.
   *
   * @throws `TypeError` if it is not a token.
   */
  setToken(token: Token): Promise<void>
  /** Forgets the token, at a log-out say; a renewal in flight does not bring it back. */
  clear(): Promise<void>
}

/**
 * Makes a source of tokens: it gets one when the first call needs it, keeps it, renews it while it is still good, and
 * renews one that an API refused.
 *
 * Make it once, at module scope: sources do not know of each other.
 *
 * @throws `TypeError` if an option is missing or wrong.
 */
export function createTokenSource(options: TokenSourceOptions): OwnTokenSource {
  const settings = settle(options)
  const { provider, grant, resources, exceptResources } = settings
  const forcedRenewals = createRation(3, 30_000)
  let held: Held | undefined
  let renewal: Promise<Token> | undefined
  let failure: { error: unknown; until: number } | undefined

  const isFailing = () => failure !== undefined && Date.now() < failure.until

  /** Starts a renewal, or joins the one in flight. */
  const renew = (forced = false): Promise<Token> => {
    if (renewal) return renewal
    if (isFailing()) return Promise.reject(failure?.error)
    const own: Promise<Token> = requestToken(held?.token.refreshToken).then(
      // A renewal that is no longer the current one was overtaken by setToken or clear, which know better.
      (token) => (renewal === own ? keep(token) : getToken()),
      (error: unknown) => {
        if (renewal !== own) return getToken()
        if (forced) forcedRenewals.giveBack()
        failure = { error, until: Math.max(Date.now() + 1000, (isOAuthError(error) && error.retryAt) || 0) }
        renewal = undefined
        throw error
      },
    )
    // Whoever waits sees the error; that nobody may be waiting any more is no reason to end the process.
    own.catch(() => {})
    renewal = own
    return own
  }

  const requestToken = async (refresh: string | undefined): Promise<Token> => {
    const ask = (parameters: FormParameters) => exchange({ ...options, ...settings, parameters })
    if (refresh !== undefined) {
      try {
        // Scope stays out: a renewed token has the scope that was granted. See RFC 6749 §6.
        const renewed = await ask({
          ...settings.parameters,
          scope: undefined,
          ...(await refreshToken(refresh).parameters?.()),
        })
        return { refreshToken: refresh, ...renewed }
      } catch (error) {
        if (!isOAuthError(error) || error.error !== 'invalid_grant') throw error
      }
    }
    if (grant.parameters) return ask({ ...settings.parameters, ...(await grant.parameters()) })
    const what = `no token is stored, and ${grant.name} cannot get one by itself: sign in again`
    throw errorOf(provider.name, 'TOKEN_MISSING', what)
  }

  const keep = (token: Token): Token => {
    held = hold(token, provider)
    renewal = undefined
    failure = undefined
    return held.token
  }

  const peek = (): string | undefined => {
    if (!held) return undefined
    const now = Date.now()
    if (now < held.renewAt) return held.authorization
    if (now >= held.expiresAt) return undefined
    renew().catch(() => {})
    return held.authorization
  }

  const getToken = async ({ rejected, signal }: GetTokenOptions = {}): Promise<Token> => {
    signal?.throwIfAborted()
    if (!held || !peek()) return unlessAborted(renew(), signal)
    if (held.token.accessToken !== rejected) return held.token
    const mayRenew = renewal || isFailing() || forcedRenewals.take()
    return mayRenew ? unlessAborted(renew(true), signal) : held.token
  }

  return {
    resources,
    exceptResources,
    isRejected: rejectionOf(provider),
    getToken,
    peek,
    setToken: async (token) => {
      checkToken(token)
      keep(token)
    },
    clear: async () => {
      held = undefined
      renewal = undefined
      failure = undefined
    },
  }
}

function checkToken({ accessToken, expiresAt = 0, refreshToken: refresh = 'none' }: Token): void {
  const wrong =
    (!isAccessToken(accessToken) && 'accessToken') ||
    (!Number.isFinite(expiresAt) && 'expiresAt') ||
    (!(typeof refresh === 'string' && refresh) && 'refreshToken')
  if (wrong) throw new TypeError(`setToken needs a token, but its ${wrong} is missing or malformed`)
}

/** Ends the wait for a promise that others share when the signal is aborted. */
function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return shared
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
