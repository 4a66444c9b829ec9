import type { Scripted } from './scripted.ts'

/** What to know of a provider before it is emulated. */
export type EmulationOptions = {
  /**
   * The accepted client ids, each with its secret.
   *
   * @defaultValue `{ 'emulated-client': 'emulated-secret' }`
   */
  readonly clients?: Readonly<Record<string, string>>
  /**
   * How long a token lives, in milliseconds.
   *
   * @defaultValue What the provider documents: 3_600_000 for all three.
   */
  readonly lifetimeMs?: number
}

/** What has happened at one provider since the start, or since the last `reset()`. */
export type Counters = {
  /** Requests that reached the token endpoint, refused and scripted ones too. */
  readonly tokenRequests: number
  /** New tokens; one that `sameToken` hands out again is not new. */
  readonly tokensIssued: number
  /** Granted token requests whose client still had a live token of that endpoint with more than 5 % of its lifetime left. */
  readonly earlyTokenRequests: number
  /** Requests that reached the API, rejected and scripted ones too; `OPTIONS` is not counted. */
  readonly apiCalls: number
  /** The API's answers with status 401, and those with another one by which it rejects a token (Digitaleo: 400). */
  readonly apiRejections: number
}

/** The control surface of one emulated provider. */
export type Emulation = {
  /** The accepted client ids with their secrets; change it to rotate a secret. */
  readonly clients: Map<string, string>
  /** How long the tokens live that are handed out from now on, in milliseconds. */
  lifetimeMs: number
  /**
   * How long a token answer takes, in milliseconds of real time.
   *
   * @defaultValue 0
   */
  tokenDelayMs: number
  /**
   * How many API calls a minute are answered; those beyond it meet the provider's rate limit (Orange: 403, code 53; others: 429).
   *
   * @defaultValue Infinity
   */
  maxApiCallsPerMinute: number
  /**
   * Whether a client whose token is alive gets that one again, instead of a new one.
   *
   * @defaultValue false
   */
  sameToken: boolean
  /** A snapshot of the counters. */
  readonly counters: Counters
  /**
   * Undoes all that methods did, and users: counters, tokens, codes, sessions, rotated keys, scripts, holds, rate windows.
   *
   * Properties such as `clients` and `lifetimeMs` stay. A request that is held or delayed fails like a network error.
   */
  readonly reset: () => void
  /** Revokes one access token, or all of them; a revoked token is rejected as unknown. */
  readonly revoke: (accessToken?: string) => void
  /**
   * Answers the next `count` token requests by a script instead; several calls queue up, `Infinity` lasts until `reset()`.
   *
   * @throws `RangeError` if `count` is not positive.
   */
  readonly answerTokenRequests: (count: number, answer: Scripted) => void
  /**
   * Answers the next `count` API calls by a script instead; several calls queue up, `Infinity` lasts until `reset()`.
   *
   * @throws `RangeError` if `count` is not positive.
   */
  readonly answerApiCalls: (count: number, answer: Scripted) => void
  /** Makes token requests wait from now on, and returns what releases them; each is judged when released. */
  readonly holdTokenRequests: () => () => void
  /** Makes API calls wait from now on, and returns what releases them; each is judged when released. */
  readonly holdApiCalls: () => () => void
  /** Resolves once `counters.tokenRequests` has reached `count`, by default with the next token request. */
  readonly tokenRequested: (count?: number) => Promise<void>
  /** Resolves once `counters.apiCalls` has reached `count`, by default with the next call. */
  readonly apiCalled: (count?: number) => Promise<void>
}
