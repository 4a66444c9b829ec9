import type { Clock } from './clock.ts'
import type { Emulation } from './emulation.ts'
import type { FoundToken, IssuedToken } from './token-table.ts'

/** Where a request came in. */
export type Address = {
  /** The emulated host, such as `api.orange.com`. */
  readonly host: string
  /** The path on that host, from its first slash on; empty if there is none. */
  readonly path: string
  /** The address by which the sender of this request knows a documented one: on the server if it is served, else the same. */
  readonly addressOf: (url: string) => string
}

/** One provider to emulate: where it lives, and how it answers. */
export type EmulatedProvider<Settings extends object = object> = {
  /** What the control surface calls it: `/control/orange/…`. */
  readonly name: string
  /** The hosts that are its own. */
  readonly hosts: readonly string[]
  /** The addresses of its token endpoints, without `https://`; every other address of its hosts is the API. */
  readonly tokenEndpoints: readonly string[]
  /** How long its tokens live by default, in milliseconds. */
  readonly lifetimeMs: number
  /** Makes what only this provider lets its users set. */
  readonly createSettings: () => Settings
  /** Makes the rules of one emulation, which may hold state of their own. */
  readonly createRules: (context: RuleContext<Settings>) => Rules
}

/** How a provider answers. */
export type Rules = {
  /** Answers a request to a token endpoint. */
  readonly answerTokenRequest: (request: Request, address: Address) => Promise<Response>
  /** Answers a call to the API. */
  readonly answerApiCall: (request: Request, address: Address) => Promise<Response>
  /**
   * Answers what is neither a token request nor an API call, such as a page to sign in; `undefined` if nothing of that kind is
   * there. It is not counted.
   */
  readonly answerPage?: (request: Request, address: Address) => Promise<Response> | undefined
  /** Answers a call to the API beyond `maxApiCallsPerMinute`. */
  readonly answerTooManyCalls: () => Response
  /** What other processes may do to the settings, by the last segment of the path. */
  readonly commands?: Commands
  /** Forgets what the rules remember, such as rate windows. */
  readonly reset: () => void
}

/** What other processes may do, by name. */
export type Commands = Readonly<Record<string, Command>>

/**
 * Does what a JSON body asks for, and returns what to answer.
 *
 * @throws `TypeError` or `RangeError` that says what the body must be.
 */
export type Command = (body: Readonly<Record<string, unknown>>) => object | Promise<object>

/** What the rules may use. */
export type RuleContext<Settings extends object = object> = {
  /** The emulator's clock. */
  readonly clock: Clock
  /** What users set. */
  readonly settings: Settings & Pick<Emulation, 'clients'>
  /** Tells whether these are a client's credentials. */
  readonly isClient: (credentials: Credentials) => boolean
  /** Hands a token to a client, and counts it; says how much is left of its life, in milliseconds. */
  readonly issueToken: (order: TokenOrder) => IssuedToken & { readonly leftMs: number }
  /** Looks up an access token; one that is unknown, or revoked, is not found. */
  readonly findToken: (accessToken: string) => FoundToken | undefined
  /** Revokes an access token. */
  readonly revokeToken: (accessToken: string) => void
  /** Counts an API's answer as the rejection of a token, and returns it; those with status 401 count anyway. */
  readonly countRejection: (response: Response) => Response
}

/** Which token to hand out. */
export type TokenOrder = {
  /** The address of the token endpoint that was asked, without `https://`. */
  readonly endpoint: string
  /** Who asks. */
  readonly clientId: string
  /** Who allowed it by signing in; the token is then a new one in any case. */
  readonly user?: string
  /** What it may be used for. */
  readonly scope?: string
  /**
   * How long it lives, in milliseconds.
   *
   * @defaultValue What `lifetimeMs` of the emulation says.
   */
  readonly lifetimeMs?: number
  /** Makes the text of a new token. */
  readonly makeToken: () => string
}

/** What a client shows to be known. */
export type Credentials = {
  /** The client id. */
  readonly clientId: string
  /** The client secret. */
  readonly clientSecret: string
}
