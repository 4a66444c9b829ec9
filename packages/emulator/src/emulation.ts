import type { Scripted } from './scripted.ts'

/** The options of one provider. */
export type EmulationOptions = {
  /**
   * The accepted client ids, each with its secret.
   *
   * @defaultValue `{ 'emulated-client': 'emulated-secret' }`
   */
  readonly clients?: Readonly<Record<string, string>> | ReadonlyMap<string, string>
  /**
   * The lifetime of a token, in milliseconds.
   *
   * @defaultValue The lifetime that the provider documents: 3_600_000 for Orange, Digitaleo and Bouygues Telecom. For a
   * provider of your own, its `defaultLifetimeMs`, else 3_600_000.
   */
  readonly lifetimeMs?: number
}

/** The numbers of events at one provider since the start, or since the last `reset()`. */
export type Counters = {
  /** Requests that reached the token endpoint, including refused and scripted ones. */
  readonly tokenRequests: number
  /** New tokens. A token that `sameToken` returns again is not counted again. */
  readonly tokensIssued: number
  /** Successful token requests of a client whose last token of that endpoint had more than 5 % of its lifetime left. */
  readonly earlyTokenRequests: number
  /** Requests that reached the API, including rejected and scripted ones. `OPTIONS` is not counted. */
  readonly apiCalls: number
  /** The API's responses with status 401, or with another status that rejects a token (Digitaleo: 400). */
  readonly apiRejections: number
}

/** The controls of one emulated provider. */
export type Emulation = {
  /** The accepted client ids with their secrets. Change it to rotate a secret. */
  readonly clients: Map<string, string>
  /** The lifetime of the tokens issued from now on, in milliseconds. */
  lifetimeMs: number
  /**
   * The delay of a token response, in milliseconds of real time.
   *
   * @defaultValue 0
   */
  tokenDelayMs: number
  /**
   * The number of API calls that are answered each minute. More calls get the provider's rate limit response (Orange:
   * 403 with code 53, others: 429).
   *
   * @defaultValue Infinity
   */
  maxApiCallsPerMinute: number
  /**
   * Whether a client whose last token has not expired gets the same token again instead of a new one.
   *
   * @defaultValue false
   */
  sameToken: boolean
  /** A snapshot of the counters. */
  readonly counters: Counters
  /**
   * Removes everything that methods and requests caused: counters, tokens, codes, sessions, rotated keys, scripts,
   * holds, rate windows.
   *
   * Properties such as `clients` and `lifetimeMs` stay. A held or delayed request fails like a network error.
   */
  readonly reset: () => void
  /** Revokes one access token, or all of them. The API then rejects it as unknown. */
  readonly revoke: (accessToken?: string) => void
  /**
   * Answers the next `count` token requests with a script. Several scripts are used in order. `Infinity` lasts until
   * `reset()`.
   *
   * @throws `RangeError` if `count` is not positive.
   */
  readonly answerTokenRequests: (count: number, answer: Scripted) => void
  /**
   * Answers the next `count` API calls with a script. Several scripts are used in order. `Infinity` lasts until
   * `reset()`.
   *
   * @throws `RangeError` if `count` is not positive.
   */
  readonly answerApiCalls: (count: number, answer: Scripted) => void
  /** Makes new token requests wait, and returns a function that releases them. Each is answered after its release. */
  readonly holdTokenRequests: () => () => void
  /** Makes new API calls wait, and returns a function that releases them. Each is answered after its release. */
  readonly holdApiCalls: () => () => void
  /** Resolves when `counters.tokenRequests` reaches `count`, by default at the next token request. */
  readonly tokenRequested: (count?: number) => Promise<void>
  /** Resolves when `counters.apiCalls` reaches `count`, by default at the next call. */
  readonly apiCalled: (count?: number) => Promise<void>
}
