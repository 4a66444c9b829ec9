import { errorOf, isOAuthError } from './errors.ts'
import type { RenewalReason, TokenEventDetails } from './events.ts'
import type { ClientOptions, FormParameters } from './endpoint.ts'
import { exchange } from './exchange.ts'
import type { GuardedStore } from './guarded-store.ts'
import type { Held } from './lifetime.ts'
import type { Settings } from './settings.ts'
import { inTurn, type Slot } from './slot.ts'
import type { Token } from './token.ts'
import { within } from './within.ts'

/** One renewal: what it is for, and with what. */
export type Renewal = {
  readonly settings: Settings
  readonly slot: Slot
  readonly store: GuardedStore | undefined
  readonly credentials: Pick<ClientOptions, 'clientId' | 'clientSecret'>
  readonly reason: RenewalReason
  /** The token that an API refused. */
  readonly rejected: string | undefined
  /** Whether nothing has taken this renewal's place; what was overtaken must not write. */
  readonly isCurrent: () => boolean
  readonly report: (event: TokenEventDetails) => void
}

/**
 * Gets the next token: the newer one that a sibling has put into the store, else one from the token endpoint, by refresh
 * token if there is one, else by the grant. It is in the store before anyone sees it.
 *
 * @throws {@link OAuthError} if there is no token to be had.
 */
export async function renewToken(renewal: Renewal): Promise<Token> {
  const { settings, slot, store, credentials, reason, rejected, isCurrent, report } = renewal
  const { provider, grant, timeoutMs, storeTimeoutMs, maxTokenRequestsPerMinute } = settings
  const startedAt = Date.now()
  let stored: Token | null | undefined
  let isRationed = false

  /** What was overtaken, or is late, must not redeem or kill a refresh token either. */
  const checkCurrent = () => {
    if (isCurrent() && Date.now() < startedAt + timeoutMs) return
    throw errorOf(provider.name, 'TOKEN_UNAVAILABLE', 'the renewal was overtaken: ask again')
  }

  const done = (type: 'renewed' | 'adopted', token: Token): Token => {
    report({ type, reason, durationMs: Date.now() - startedAt, expiresAt: endOf(token) })
    return token
  }

  const adopt = (token: Token): Token => {
    if (isRationed) slot.forcedRenewals.giveBack()
    if (isCurrent()) slot.isUnsaved = false
    return done('adopted', token)
  }

  const save = async (token: Token): Promise<Token> => {
    await inTurn(slot, async () => {
      if (store && isCurrent()) slot.isUnsaved = !(await store.set(slot.key, token))
    })
    return done('renewed', token)
  }

  /** Looks sideways. While a token is in use, only one that outlives it is newer. */
  const findNewer = async (): Promise<Token | undefined> => {
    stored = await store?.get(slot.key)
    if (!stored || stored.accessToken === rejected || endOf(stored) <= Date.now()) return undefined
    const mustOutlive = reason === 'ageing' || slot.isUnsaved
    return mustOutlive && slot.held && endOf(stored) <= slot.held.expiresAt ? undefined : stored
  }

  const ask = async (parameters: () => FormParameters | Promise<FormParameters>): Promise<Token> => {
    const minuteAgo = Date.now() - 60_000
    slot.grantedAt = slot.grantedAt.filter((instant) => instant > minuteAgo)
    if (slot.grantedAt.length >= maxTokenRequestsPerMinute) {
      report({ type: 'throttled', why: 'fuse' })
      const what = `${maxTokenRequestsPerMinute} tokens were granted in a minute: find out why none of them lasts`
      throw errorOf(provider.name, 'TOKEN_UNAVAILABLE', what, { retryAt: (slot.grantedAt[0] ?? 0) + 60_000 })
    }
    const all = async () => ({ ...settings.parameters, ...(await parameters()) })
    const token = await exchange({ ...settings, ...credentials, parameters: all })
    slot.grantedAt = [...slot.grantedAt, Date.now()]
    return token
  }

  const redeem = async (refresh: string): Promise<Token | undefined> => {
    try {
      // The scope stays out: a renewed token has the one that was granted. See RFC 6749 §6.
      const token = await ask(() => ({ grant_type: 'refresh_token', refresh_token: refresh, scope: undefined }))
      const previous = stored ?? slot.held?.token
      const flaw = previous && grant.flawOfRefreshed?.(token, previous)
      if (flaw)
        throw errorOf(provider.name, 'TOKEN_MALFORMED', `the tokenEndpoint answered with ${flaw}: sign in again`)
      // What the answer leaves out has not changed. See RFC 6749 §6.
      const { scope, idToken } = previous ?? {}
      return { refreshToken: refresh, ...(scope && { scope }), ...(idToken && { idToken }), ...token }
    } catch (error) {
      if (isOAuthError(error) && error.code === 'TOKEN_REFUSED' && error.error === 'invalid_grant') return undefined
      throw error
    }
  }

  /** Looks sideways after a refresh token turned out dead. */
  const findRotated = async (dead: string): Promise<Token | undefined> => {
    const newer = await findNewer()
    // Without a lock, whoever rotated it may be writing what it got only now.
    if (newer || stored?.refreshToken !== dead || store?.hasLock) return newer
    await within(new Promise(() => {}), storeTimeoutMs, () => {})
    return findNewer()
  }

  const request = async (): Promise<Token> => {
    // A user whose entry is gone has logged out, maybe elsewhere: what is in memory must not bring the entry back.
    const isLoggedOut = settings.key !== undefined && stored === null && !slot.isUnsaved
    const own = isLoggedOut ? undefined : slot.held?.token.refreshToken
    const refresh = slot.isUnsaved ? (own ?? stored?.refreshToken) : (stored?.refreshToken ?? own)
    if (refresh) {
      const renewed = await redeem(refresh)
      if (renewed) return save(renewed)
      // Another process may have redeemed and rotated it first: then what it got is in the store.
      const newer = await findRotated(refresh)
      if (newer) return adopt(newer)
      checkCurrent()
      const other = stored?.refreshToken
      const retried = other && other !== refresh ? await redeem(other) : undefined
      if (retried) return save(retried)
      checkCurrent()
      // It is dead. What is left of the access token is still good.
      if (slot.held) slot.held = withoutRefreshToken(slot.held)
      if (stored) await store?.delete(slot.key)
    }
    if (grant.parameters) return save(await ask(async () => grant.parameters?.() ?? {}))
    if (store && stored === undefined) {
      const what = 'the store failed, so nobody knows whether a token is stored: try again later'
      throw errorOf(provider.name, 'TOKEN_UNAVAILABLE', what)
    }
    const why = refresh ? 'the refresh token is no longer good' : 'no token is stored'
    const what = `${why}, and ${grant.name} cannot get a token by itself: sign in again`
    throw errorOf(provider.name, 'TOKEN_MISSING', what, { error: refresh && 'invalid_grant' })
  }

  const work = async (): Promise<Token> => {
    // Whoever held the lock before may have done the work.
    const newer = store?.hasLock ? await findNewer() : undefined
    if (newer) return adopt(newer)
    // The store took its time, and a lock may have been granted when nobody waited any more.
    if (store) checkCurrent()
    return request()
  }

  const sibling = await findNewer()
  if (sibling) return adopt(sibling)
  const refused = reason === 'rejected' ? slot.held : undefined
  isRationed = refused !== undefined && slot.forcedRenewals.take()
  if (refused && !isRationed) {
    report({ type: 'throttled', why: 'ration' })
    return refused.token
  }
  try {
    return await (store && stored !== undefined ? store.lock(slot.key, work) : work())
  } catch (error) {
    if (isRationed) slot.forcedRenewals.giveBack()
    throw error
  }
}

const endOf = ({ expiresAt = Number.POSITIVE_INFINITY }: Token) => expiresAt

function withoutRefreshToken(held: Held): Held {
  const { refreshToken: _dead, ...token } = held.token
  return { ...held, token: Object.freeze(token) }
}
