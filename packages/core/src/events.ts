/** Why a token was needed: there was none, it had expired, it is about to, or an API rejected it. */
export type RenewalReason = 'absent' | 'expired' | 'ageing' | 'rejected'

/** Something that happened to a token, and why; never with a secret in it. */
export type TokenEvent = TokenEventDetails & {
  /** The name of the provider. */
  readonly provider: string
}

/** What each kind of event tells. */
export type TokenEventDetails =
  | {
      /** A call got a token from memory, without waiting. */
      readonly type: 'served'
      /** When that token ends, in milliseconds since the epoch; infinite where it does not say. */
      readonly expiresAt: number
    }
  | {
      /** `renewed`: the token endpoint granted a token. `adopted`: another process got it, and it was read from the store. */
      readonly type: 'renewed' | 'adopted'
      readonly reason: RenewalReason
      /** How long that took, in milliseconds. */
      readonly durationMs: number
      /** When the token ends, in milliseconds since the epoch; infinite where it does not say. */
      readonly expiresAt: number
    }
  | {
      /** A renewal failed. */
      readonly type: 'failed'
      readonly reason: RenewalReason
      readonly error: Error
      /** Whether there is an older token that has not expired. */
      readonly hasToken: boolean
      /** The earliest instant of the next attempt, in milliseconds since the epoch. */
      readonly retryAt: number
    }
  | {
      /**
       * No renewal was started.
       *
       * `forced-renewals`: too many tokens were rejected. `token-requests`: too many tokens were granted in a minute.
       * `back-off`: the last renewal failed a moment ago.
       */
      readonly type: 'throttled'
      readonly why: 'forced-renewals' | 'token-requests' | 'back-off'
    }
  | {
      /** The store failed, took too long, or held something that is no token; things went on without it. */
      readonly type: 'store-failed'
      readonly operation: 'get' | 'set' | 'delete' | 'lock'
      readonly message: string
      /** Whether a refresh token is now in memory only: if this process ends, the user must sign in again. */
      readonly isRefreshTokenAtRisk: boolean
    }
  | {
      /** An API rejected a token. */
      readonly type: 'rejected'
      readonly status: number
      /** Whether the call was sent again with a newer token. */
      readonly isReplayed: boolean
    }
  | {
      /**
       * A call was answered by what looks like a server or proxy whose limit for headers the token exceeds: 431, or 400 without
       * JSON. A new token would be as long, so raise that limit.
       */
      readonly type: 'oversized'
      readonly status: number
      /** How long the `Authorization` header was, in characters. */
      readonly length: number
    }
  | {
      /** A call went out without a token: it had an `Authorization` header, or did not go to one of the APIs. */
      readonly type: 'skipped'
      readonly why: 'authorization' | 'elsewhere' | 'insecure'
      /** Where it went. */
      readonly origin: string
    }
