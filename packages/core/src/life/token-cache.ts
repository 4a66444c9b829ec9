import type { ClientOptions } from '../endpoint/call-endpoint.ts'
import type { RenewalReason, TokenEventDetails } from '../events.ts'
import type { Token } from '../token.ts'
import type { Settings } from './options.ts'
import type { TokenState } from './state.ts'

/** One token source, as its parts see it. */
export type Life = {
  readonly settings: Settings
  /** Tells an event. */
  readonly report: (event: TokenEventDetails) => void
  /** Finds the token that the credentials are for now, in memory or over a store. */
  readonly locate: (life: Life) => Promise<Located>
  /** What calls are served from; `undefined` before the token was located. */
  state: TokenState | undefined
  /** The last error of `locate`: all that waited get the same error, which is reported once. */
  locateError: unknown
}

/** Where a source keeps its token: in memory alone, or in a store that it shares with other processes. */
export type TokenCache = {
  /** Prepares a renewal. */
  readonly renewal: (life: Life, located: Located, attempt: Attempt) => Renewal
  /** Keeps a token that comes from outside; `false`: it could not be stored, and is in memory only. */
  readonly set: (life: Life, state: TokenState, token: Token) => Promise<boolean>
  /** Forgets the token. `wasUnsaved`: memory had a newer one than the store. */
  readonly clear: (life: Life, state: TokenState, wasUnsaved: boolean) => Promise<Cleared>
}

/** The credentials of a token request. */
export type Credentials = Pick<ClientOptions, 'clientId' | 'clientSecret'>

/** Where a token is kept, what memory knows of it, and the credentials that it is asked for with. */
export type Located = {
  readonly cache: TokenCache
  readonly state: TokenState
  readonly credentials: Credentials
}

/** What was forgotten, if it is known, and whether it is gone everywhere. */
type Cleared = { readonly last: Token | undefined; readonly isGone: boolean }

/** What a renewal is for, and what it may do. */
export type Attempt = {
  readonly reason: RenewalReason
  /** The token that an API rejected. */
  readonly rejected: string | undefined
  /** Whether no token was set or cleared meanwhile. If one was, this renewal must not write. */
  readonly isCurrent: () => boolean
  /** Throws if a token was set or cleared, or the time is over. To be called before a refresh token is used or dropped. */
  readonly checkCurrent: () => void
  /** Throws if too many tokens were granted in the last minute. */
  readonly checkLimit: () => void
}

/** The two steps of a renewal. */
export type Renewal = {
  /** Looks for a newer token that another process has put into the store. */
  readonly readStore?: () => Promise<Outcome | undefined>
  /** Gets a token from the token endpoint. Over a store: takes the lock, reads again, asks, and writes. */
  readonly request: () => Promise<Outcome>
}

/** A new token: `renewed` at the token endpoint, or `adopted` from the store. */
export type Outcome = { readonly type: 'renewed' | 'adopted'; readonly token: Token }
