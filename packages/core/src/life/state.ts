import type { RenewalReason } from '../events.ts'
import type { Provider } from '../provider.ts'
import type { Token } from '../token.ts'
import type { Pending } from '../wait.ts'
import { toCachedToken, type CachedToken } from './cached-token.ts'
import type { RateLimit } from './rate-limit.ts'

/** All that memory knows of one token. Sources with the same store and the same key share one state. */
export type TokenState = {
  /** The key of the token in the store; empty where there is no store. */
  readonly key: string
  /** The token itself. */
  cached: CachedToken | undefined
  /** Whether that token is newer than the one in the store, which could not be written. */
  isUnsaved: boolean
  /** Goes up with each new token and each `clear`. A renewal that finds another number than it began with must not write. */
  version: number
  /** The renewal in flight. One that has not settled by its deadline is ignored. */
  pending: Pending<Token> | undefined
  /** The last failure, until a success. */
  failure: Failure | undefined
  /** Limits the renewals that rejected tokens force; absent until the first. */
  forcedRenewals: RateLimit | undefined
  /** When the tokens of the last minute were granted, in milliseconds since the epoch. */
  grantedAt: readonly number[]
  /** The last write to the store; settles, unless the request that runs it is gone. */
  writing: Promise<unknown> | undefined
}

/** A failed renewal. */
export type Failure = {
  readonly error: Error
  readonly reason: RenewalReason
  /** In milliseconds since the epoch. */
  readonly at: number
  /** How many there were in a row. */
  readonly count: number
}

const none: readonly number[] = []

/** The state of a token that nothing is known of. */
export const createState = (key: string): TokenState => ({
  key,
  cached: undefined,
  isUnsaved: false,
  version: 0,
  pending: undefined,
  failure: undefined,
  forcedRenewals: undefined,
  grantedAt: none,
  writing: undefined,
})

/** Keeps a token, and returns it as calls get it: frozen. */
export function remember(state: TokenState, token: Token, provider: Provider): Token {
  if (token !== state.cached?.token) state.cached = toCachedToken(token, provider)
  state.failure = state.pending = undefined
  state.version += 1
  return state.cached.token
}

/** Forgets the token, and every renewal that began before. */
export function forget(state: TokenState): void {
  state.cached = state.failure = state.pending = undefined
  state.isUnsaved = false
  state.version += 1
}
