import type { Clock } from './clock.ts'
import type { Emulation } from './emulation.ts'
import type { FoundToken, IssuedToken } from './token-table.ts'

/** The address that a request was sent to. */
export type Address = {
  /** The emulated host, such as `api.orange.com`. */
  readonly host: string
  /** The path on that host, with its first slash. Empty if there is none. */
  readonly path: string
  /** Converts a documented URL to the URL on the server that received this request. In process, it stays the same. */
  readonly addressOf: (url: string) => string
}

/** A provider to emulate: its addresses and its rules. */
export type EmulatedProvider<Settings extends object = object> = {
  /** Its name in the control API: `/control/orange/…`. */
  readonly name: string
  /** Its hosts. */
  readonly hosts: readonly string[]
  /** Those of its hosts that answer `http:`, too. @defaultValue None. */
  readonly insecureHosts?: readonly string[]
  /** The addresses of its token endpoints, without `https://`. All other addresses of its hosts are its API. */
  readonly tokenEndpoints: readonly string[]
  /** The default lifetime of its tokens, in milliseconds. */
  readonly lifetimeMs: number
  /** Makes the settings that only this provider has. */
  readonly createSettings: () => Settings
  /** Makes the rules of one emulation. They can have their own state. */
  readonly createRules: (context: RuleContext<Settings>) => Rules
}

/** The functions that answer for a provider. */
export type Rules = {
  /** Answers a request to a token endpoint. */
  readonly answerTokenRequest: (request: Request, address: Address) => Promise<Response>
  /** Answers a call to the API. */
  readonly answerApiCall: (request: Request, address: Address) => Promise<Response>
  /**
   * Answers a request that is neither a token request nor an API call, such as the request for a sign-in page. It is
   * not counted.
   *
   * Returns `undefined` if no such thing is at the address.
   */
  readonly answerPage?: (request: Request, address: Address) => Promise<Response> | undefined
  /** Answers a call to the API beyond `maxApiCallsPerMinute`. */
  readonly answerTooManyCalls: () => Response
  /** The commands with which other processes change the settings, by the last segment of the path. */
  readonly commands?: Commands
  /** Forgets the state of the rules, such as rate windows. */
  readonly reset: () => void
}

/** The commands of other processes, by name. */
export type Commands = Readonly<Record<string, Command>>

/**
 * Executes a JSON body, and returns the JSON response.
 *
 * @throws `TypeError` or `RangeError` with a message that says what the body must be.
 */
export type Command = (body: Readonly<Record<string, unknown>>) => object | Promise<object>

/** The values and functions that the rules can use. */
export type RuleContext<Settings extends object = object> = {
  /** The emulator's clock. */
  readonly clock: Clock
  /** The settings, which users change. */
  readonly settings: Settings & Pick<Emulation, 'clients'>
  /** Returns whether a client has these credentials. */
  readonly isClient: (credentials: Credentials) => boolean
  /** Issues a token to a client, and counts it. `leftMs` is the rest of its lifetime, in milliseconds. */
  readonly issueToken: (order: TokenOrder) => IssuedToken & { readonly leftMs: number }
  /** Finds an access token. Returns `undefined` if it is unknown or revoked. */
  readonly findToken: (accessToken: string) => FoundToken | undefined
  /** Revokes an access token. */
  readonly revokeToken: (accessToken: string) => void
  /**
   * Counts an API's response as the rejection of a token, and returns it. Responses with status 401 are always counted.
   */
  readonly countRejection: (response: Response) => Response
}

/** The token to issue. */
export type TokenOrder = {
  /** The address of the token endpoint that received the request, without `https://`. */
  readonly endpoint: string
  /** The id of the client that requests it. */
  readonly clientId: string
  /** The name of the user who signed in for it. With a user, the token is always a new one. */
  readonly user?: string
  /** Its scope. */
  readonly scope?: string
  /**
   * Its lifetime, in milliseconds.
   *
   * @defaultValue The emulation's `lifetimeMs`.
   */
  readonly lifetimeMs?: number
  /** Makes the text of a new token. */
  readonly makeToken: () => string
}

/** The credentials with which a client authenticates. */
export type Credentials = {
  /** The client id. */
  readonly clientId: string
  /** The client secret. */
  readonly clientSecret: string
}
