/**
 * Why a new token was needed: there was none (`absent`), the old one had expired (`expired`) or expires soon
 * (`ageing`), or an API rejected it (`rejected`).
 */
export type RenewalReason = 'absent' | 'expired' | 'ageing' | 'rejected'

/** An event in the life of a token. It never holds a secret. */
export type TokenEvent = TokenEventDetails & {
  /** The name of the provider. */
  readonly provider: string
  /** The name of the grant, such as `client_credentials`. */
  readonly grant: string
  /** Whose token it is: the value of the option `eventKey`. Absent if that option is not given. */
  readonly key?: string
}

/** The kinds of events and their details. */
export type TokenEventDetails =
  | {
      /** A call got a token from memory, without waiting. */
      readonly type: 'served'
      /** When that token expires, in milliseconds since the epoch, or `Infinity` if that is unknown. */
      readonly expiresAt: number
    }
  | {
      /** `renewed`: the token endpoint issued a token. `adopted`: the store held a newer token of another process. */
      readonly type: 'renewed' | 'adopted'
      /** Why a new token was needed. */
      readonly reason: RenewalReason
      /** How long the renewal took, in milliseconds. */
      readonly durationMs: number
      /** When the new token expires, in milliseconds since the epoch, or `Infinity` if that is unknown. */
      readonly expiresAt: number
    }
  | {
      /** A renewal failed. */
      readonly type: 'failed'
      /** Why a new token was needed. */
      readonly reason: RenewalReason
      /** The error that the waiting calls get. */
      readonly error: Error
      /** Whether there is an older token that has not expired. */
      readonly hasToken: boolean
      /** The earliest time of the next attempt, in milliseconds since the epoch. */
      readonly retryAt: number
    }
  | {
      /**
       * A rate limit prevented a renewal.
       *
       * `forced-renewals`: APIs rejected too many tokens. `token-requests`: the server issued too many tokens within a
       * minute. `back-off`: the last renewal failed, and the next attempt is not due yet.
       */
      readonly type: 'throttled'
      /** Which limit it was. */
      readonly why: 'forced-renewals' | 'token-requests' | 'back-off'
    }
  | {
      /** The store failed, was too slow, or held something that is not a token. The source continued without it. */
      readonly type: 'store-failed'
      /** The operation of the store. */
      readonly operation: 'get' | 'set' | 'delete' | 'lock'
      /** What happened, without a secret. */
      readonly message: string
      /** Whether a refresh token is now in memory only: if this process ends, the user must sign in again. */
      readonly isRefreshTokenAtRisk: boolean
    }
  | {
      /** An API rejected a token. */
      readonly type: 'rejected'
      /** The origin of the call's URL. */
      readonly origin: string
      /** The HTTP status of the API's response. */
      readonly status: number
      /** Whether the call was sent again with a newer token. */
      readonly isReplayed: boolean
    }
  | {
      /**
       * The token seems to exceed a server's or a proxy's limit for headers: the response is a 431, or a 400 without
       * JSON. A new token would be as long, so raise that limit.
       */
      readonly type: 'oversized'
      /** The origin of the call's URL. */
      readonly origin: string
      /** The HTTP status of the API's response. */
      readonly status: number
      /** The length of the `Authorization` header, in characters. */
      readonly length: number
    }
  | {
      /**
       * `fetch` followed a redirect from a call's URL to another URL of the same origin that is not allowed: it is
       * outside of `apis`, in `exceptApis`, or another source's. `fetch` sends the token along with such a redirect. If
       * the token must not go there, set `redirect: 'manual'`.
       */
      readonly type: 'redirected'
      /** The origin of both URLs. */
      readonly origin: string
    }
  | {
      /**
       * A call was sent without the source's token.
       *
       * `authorization`: the call had its own `Authorization` header. `elsewhere`: its URL is not allowed. `insecure`:
       * its URL would be allowed with `https:`.
       */
      readonly type: 'skipped'
      /** The reason. */
      readonly why: 'authorization' | 'elsewhere' | 'insecure'
      /** The origin of the call's URL. */
      readonly origin: string
    }
