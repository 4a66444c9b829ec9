/** What the servers do. A change starts with the next request. */
export type Behaviour = {
  /**
   * - `hang`: it does not answer.
   * - `refuse`: nothing listens on its port.
   * - `limit`: it answers 429, with a `Retry-After` of {@link retryAfterSeconds}.
   */
  tokenEndpoint: 'answer' | 'error' | 'hang' | 'refuse' | 'limit'
  /** How many token requests fail before it answers: with status 503, or by a closed connection. */
  failFirst: number
  failWith: 503 | 'reset'
  retryAfterSeconds: number
  /** The lifetime of a token. */
  expiresIn: number
  /** How long a token request takes. */
  tokenDelayMs: number
  /** `reject`: it answers 401 to each token. */
  api: 'answer' | 'reject'
  /** How long a call of the API takes. The token is checked at the end of that time. */
  apiDelayMs: number
  /** How far the servers' clock is ahead of that of the machine. */
  clockOffsetMs: number
}

/** What the servers counted since the last reset. */
export type Counts = { readonly tokenRequests: number; readonly calls: number; readonly rejected: number }

/** A message to the process of the servers. It answers each of them with its counts. */
export type Order =
  | { readonly to: 'set'; readonly behaviour: Partial<Behaviour> }
  | { readonly to: 'count' }
  | { readonly to: 'reset' }
  /** Ends each token that was issued until now. */
  | { readonly to: 'revoke' }

export type Addresses = { readonly tokenOrigin: string; readonly apiOrigin: string }

export const usual: Behaviour = {
  tokenEndpoint: 'answer',
  failFirst: 0,
  failWith: 503,
  retryAfterSeconds: 0,
  expiresIn: 3600,
  tokenDelayMs: 0,
  api: 'answer',
  apiDelayMs: 0,
  clockOffsetMs: 0,
}
