import type { Clock } from './clock.ts'
import type { IssuedToken, TokenState } from './token-table.ts'

/** One provider to emulate: where it lives, and how it answers. */
export type Provider = {
  /** The first path segment on the server: `/orange/…`. */
  readonly name: string
  /** The origins that the in-process `fetch` takes for this provider. */
  readonly origins: readonly string[]
  /** The path of the token endpoint; every other path is the API. */
  readonly tokenPath: string
  /** How long its tokens live by default, in milliseconds. */
  readonly lifetimeMs: number
  /** Makes the rules of one emulation, which may hold state of their own. */
  readonly createRules: (context: RuleContext) => Rules
}

/** How a provider answers. */
export type Rules = {
  /** Answers a request to the token endpoint. */
  readonly answerTokenRequest: (request: Request) => Promise<Response>
  /** Answers a call to the API; `path` comes without the server's prefix. */
  readonly answerApiCall: (request: Request, path: string) => Promise<Response>
  /** Forgets what the rules remember, such as rate windows. */
  readonly reset: () => void
}

/** What the rules may use. */
export type RuleContext = {
  /** The emulator's clock. */
  readonly clock: Clock
  /** Tells whether these are a client's credentials. */
  readonly isClient: (credentials: Credentials) => boolean
  /** Hands a token to a client, and counts it; says how much is left of its life, in milliseconds. */
  readonly issueToken: (clientId: string) => IssuedToken & { readonly leftMs: number }
  /** How many API calls may come in a minute. */
  readonly maxApiCallsPerMinute: () => number
  /** How an access token stands now. */
  readonly tokenState: (accessToken: string) => TokenState
}

/** What a client shows to be known. */
export type Credentials = {
  /** The client id. */
  readonly clientId: string
  /** The client secret. */
  readonly clientSecret: string
}
