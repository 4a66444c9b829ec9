import type { RenewalReason, TokenEventDetails } from '../events.ts'
import type { Token } from '../token.ts'
import type { Credentials, Settings } from './options.ts'
import type { TokenState } from './state.ts'

/** The data of one token source. All its functions receive it. */
export type SourceData = Credentials & {
  readonly settings: Settings
  /** Reports an event. */
  readonly report: (event: TokenEventDetails) => void
  /** Finds the token of the current credentials, in memory or in a store. */
  readonly locate: (source: SourceData) => Promise<Located>
  /** The state that calls read. `undefined` until `locate` has found it. */
  state: TokenState | undefined
  /** The last `getToken` that needed more than memory, or the last `setToken` or `clear`, until it has ended. */
  latest: Promise<unknown> | undefined
  /** Settles after the last `setToken` or `clear`. The next one waits for it. */
  changing: Promise<unknown> | undefined
  /** The last error of `locate`. All waiting calls get the same error, which is reported only once. */
  locateError: unknown
}

/** Keeps a source's token: in memory only, or in a store that other processes share. */
export type TokenCache = {
  /** Prepares a renewal. */
  readonly renewal: (source: SourceData, located: Located, attempt: Attempt) => Renewal
  /**
   * Keeps a token that comes from outside. Returns `false` if it could not be stored, and is in memory only. If absent,
   * memory is enough.
   */
  readonly set?: (source: SourceData, state: TokenState, token: Token) => Promise<boolean>
  /** Forgets the token. `wasUnsaved` is `true` if memory had a newer token than the store. If absent, memory is enough. */
  readonly clear?: (source: SourceData, state: TokenState, wasUnsaved: boolean) => Promise<Cleared>
}

/** The cache of a token, its state in memory, and the credentials that request it. */
export type Located = {
  readonly cache: TokenCache
  readonly state: TokenState
  readonly credentials: Credentials
}

/** The forgotten token, if it is known, and whether it is removed everywhere. */
type Cleared = { readonly last: Token | undefined; readonly isGone: boolean }

/** The reason for a renewal, and the checks that it makes. */
export type Attempt = {
  readonly reason: RenewalReason
  /** The token that an API rejected. */
  readonly rejected: string | undefined
  /**
   * Whether this renewal still counts: no token was set, cleared or renewed since it began. If it does not, it must not
   * write.
   */
  readonly isCurrent: () => boolean
  /**
   * Throws if a token was set or cleared, or the deadline has passed. Call it before using or dropping a refresh token.
   */
  readonly checkCurrent: () => void
  /** Throws if the server issued too many tokens in the last minute. */
  readonly checkLimit: () => void
  /** Whether a request that fails because of a short disturbance may be sent again at once. */
  readonly mayBridge: () => boolean
  /** Marks that a refresh token is sent now: no other request may use it before this renewal has ended. */
  readonly markRedeeming: () => void
  /** Marks that the token endpoint has issued a token now. */
  readonly markAnswered: () => void
}

/** The two steps of a renewal. */
export type Renewal = {
  /** Looks for a newer token that another process has put into the store. */
  readonly readStore?: () => Promise<Outcome | undefined>
  /**
   * Gets a token from the token endpoint. With a store, takes the lock, reads the store again, sends the request, and
   * writes.
   */
  readonly request: () => Promise<Outcome>
}

/** A new token: `renewed` at the token endpoint, or `adopted` from the store. */
export type Outcome = { readonly type: 'renewed' | 'adopted'; readonly token: Token }
