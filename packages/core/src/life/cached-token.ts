import type { Provider } from '../provider.ts'
import { memberOf } from '../members.ts'
import { endOf, type Token } from '../token.ts'

/** A token in memory, with the values that a call reads when it uses the token. */
export type CachedToken = {
  readonly token: Token
  /** The complete header value. */
  readonly authorization: string
  /**
   * From this instant on, calls that use the token start a renewal in the background. In milliseconds since the epoch.
   */
  readonly renewAt: number
  /** From this instant on, no call uses the token. In milliseconds since the epoch. */
  readonly expiresAt: number
  /** How long the token lasted when it was issued, in milliseconds. `Infinity` if this process did not request it. */
  readonly lifetime: number
  /**
   * The wall clock minus the monotonic clock, in milliseconds, when the token came into memory. Added to the monotonic
   * clock, it is the time by a wall clock that was not set since.
   */
  readonly clockOffset: number
}

/**
 * Returns the time for decisions about a token, in milliseconds since the epoch: the later one of the wall
 * clock and the monotonic clock. If the wall clock is set back, the token does not live longer.
 */
export const timeFor = ({ clockOffset }: CachedToken, now: number): number =>
  Math.max(now, clockOffset + performance.now())

/** An instant by both clocks, in milliseconds. */
export type Instant = { readonly wall: number; readonly monotonic: number }

/** Reads both clocks. */
export const currentInstant = (): Instant => ({ wall: Date.now(), monotonic: performance.now() })

/**
 * Freezes a token, and decides when to renew it.
 *
 * The margin is at least 1.1 s, because servers count whole seconds: a token can end a second before its time. It is at
 * most 60 % of the lifetime, so that a short token serves calls too.
 *
 * @param answered - when this process got the answer to its token request. If absent, the token comes from elsewhere, and
 * is received now. A clock can be set between the answer and now, because the token is stored before it is used.
 */
export function toCachedToken(token: Token, { renewalMarginMs }: Provider, answered?: Instant): CachedToken {
  const extra = memberOf(token, 'extra')
  const { wall, monotonic } = answered ?? currentInstant()
  const expiresAt = endOf(token)
  const lifetime = Math.max(0, expiresAt - wall)
  // Processes that started together should not all renew at the same moment.
  const jitter = 0.9 + Math.random() * 0.2
  const margin = jitter * (renewalMarginMs ?? Math.min(300_000, lifetime / 10))
  return {
    token: Object.freeze({ ...token, ...(extra && { extra: Object.freeze({ ...extra }) }) }),
    authorization: `Bearer ${token.accessToken}`,
    renewAt: expiresAt - Math.min(Math.max(margin, 1100), 0.6 * lifetime),
    expiresAt,
    lifetime: answered ? lifetime : Number.POSITIVE_INFINITY,
    clockOffset: wall - monotonic,
  }
}

/** Whether calls may still use a token. `now` is the time by the wall clock, in milliseconds since the epoch. */
export const isAlive = (cached: CachedToken | undefined, now: number): cached is CachedToken =>
  cached !== undefined && timeFor(cached, now) < cached.expiresAt

/** Returns the same token without its refresh token. */
export function withoutRefreshToken({ refreshToken: _dead, refreshExpiresAt: _end, ...token }: Token): Token {
  return Object.freeze(token)
}
