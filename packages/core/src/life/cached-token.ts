import type { Provider } from '../provider.ts'
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
}

/** Freezes a token that was just received, and decides when to renew it. */
export function toCachedToken({ extra, ...token }: Token, { renewalMarginMs }: Provider): CachedToken {
  const now = Date.now()
  const expiresAt = endOf(token)
  const lifetime = Math.max(0, expiresAt - now)
  // Processes that started together should not all renew at the same moment.
  const jitter = 0.9 + Math.random() * 0.2
  const margin =
    jitter *
    (renewalMarginMs !== undefined ? Math.min(renewalMarginMs, lifetime / 2) : Math.min(300_000, lifetime / 10))
  return {
    token: Object.freeze(extra ? { ...token, extra: Object.freeze({ ...extra }) } : token),
    authorization: `Bearer ${token.accessToken}`,
    renewAt: Math.min(Math.max(expiresAt - margin, now + 1000), expiresAt),
    expiresAt,
  }
}

/** Whether calls may still use a token. */
export const isAlive = (cached: CachedToken | undefined, now: number): cached is CachedToken =>
  cached !== undefined && now < cached.expiresAt

/** Returns the same token without its refresh token, which is dead. */
export function withoutRefreshToken(cached: CachedToken): CachedToken {
  const { refreshToken: _dead, ...token } = cached.token
  return { ...cached, token: Object.freeze(token) }
}
