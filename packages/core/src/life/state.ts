import type { RenewalReason } from '../events.ts'
import { startTokenOf, type Grant } from '../grant.ts'
import type { Provider } from '../provider.ts'
import type { Token } from '../token.ts'
import type { Pending } from '../wait.ts'
import { toCachedToken, type CachedToken, type Instant } from './cached-token.ts'
import type { RateLimit } from './rate-limit.ts'

/** Everything about one token that is kept in memory. Sources with the same store and the same key share one state. */
export type TokenState = {
  /** The key of the token in the store. Empty if there is no store. */
  readonly key: string
  /** The token itself. */
  cached: CachedToken | undefined
  /** The token that could not be written to the store yet: the stored one is older. */
  unsaved: Unsaved | undefined
  /** What this process last read from the store or wrote to it. `undefined` if it did neither. */
  stored: Token | null | undefined
  /**
   * Increases with each new token and each `clear`. A renewal must not write if this number has changed since it began.
   */
  version: number
  /** The running renewal. It is ignored if it has not settled by its deadline. */
  pending: Pending<Token> | undefined
  /**
   * The renewal that has sent a refresh token, until its response is stored or given up. It can take longer than calls
   * wait. Meanwhile no other request is sent with that refresh token.
   */
  redeeming: Pending<unknown> | undefined
  /**
   * Access and refresh tokens that the store may still hold, but that are not used any more: a log-out ended them, or this
   * process has redeemed them.
   */
  ended: readonly string[]
  /** Whether the refresh token that the grant starts from must not be sent again. */
  isStartSpent: boolean
  /** The last failure. A success removes it. */
  failure: Failure | undefined
  /** The rate limit for renewals after a rejected token. `undefined` before the first one. */
  forcedRenewals: RateLimit | undefined
  /** When the server issued the tokens of the last minute, in milliseconds since the epoch. */
  grantedAt: readonly number[]
  /** The last write to the store. On Workers it may never settle, if the request that runs it has ended. */
  writing: Promise<unknown> | undefined
}

/** A token that is still to be written to the store. */
export type Unsaved = {
  /** The token itself. */
  readonly token: Token
  /** From this instant on, a call starts the next attempt. In milliseconds of the monotonic clock. */
  readonly retryAt: number
  /** Whether this token may replace the entry of the store. If not, another process has changed it, and the attempts end. */
  readonly replaces: (current: Token | null) => boolean
  /** Tries once to write it. */
  readonly retry: () => Promise<void>
  /** Tries to write it until that succeeds or is no longer needed, for a minute at most. */
  readonly finish: () => Promise<void>
  /** Settles when the lock is released that is held until the token is written. `undefined` if none is held. */
  held: Promise<void> | undefined
}

/** A failed renewal. */
export type Failure = {
  readonly error: Error
  readonly reason: RenewalReason
  /** When it failed, in milliseconds since the epoch. */
  readonly at: number
  /** How many failures there were in a row. */
  readonly count: number
}

const none: readonly never[] = []

/** Makes the state of a token that is not known yet. */
export const createState = (key: string): TokenState => ({
  key,
  cached: undefined,
  unsaved: undefined,
  stored: undefined,
  version: 0,
  pending: undefined,
  redeeming: undefined,
  ended: none,
  isStartSpent: false,
  failure: undefined,
  forcedRenewals: undefined,
  grantedAt: none,
  writing: undefined,
})

/**
 * Keeps a token, and returns the frozen copy that calls get.
 *
 * @param answered - when this process got the answer to its token request, if it has requested the token.
 */
export function remember(state: TokenState, token: Token, provider: Provider, answered?: Instant): Token {
  if (token !== state.cached?.token) state.cached = toCachedToken(token, provider, answered)
  state.failure = state.pending = state.redeeming = undefined
  state.version += 1
  return state.cached.token
}

/** Marks tokens that must not be used any more, even if the store still has them. */
export function endTokens(state: TokenState, ...tokens: readonly (string | undefined)[]): void {
  state.ended = [...state.ended, ...tokens.filter((token) => token !== undefined)].slice(-8)
}

/** Marks a refresh token that was redeemed or refused, so that it is not sent again. */
export function spend(state: TokenState, grant: Grant, refreshToken: string): void {
  endTokens(state, refreshToken)
  if (refreshToken === startTokenOf(grant)) state.isStartSpent = true
}

/** Forgets the token and each renewal that began before. */
export function forget(state: TokenState): void {
  state.cached = state.unsaved = state.failure = state.pending = state.redeeming = undefined
  state.version += 1
}
