/** What a peer works with. */
export type Setting = {
  /** The origin of the token endpoint, whose path is `/token`. */
  readonly tokenOrigin: string
  readonly apiOrigin: string
  readonly clientId: string
}

export type Method = 'GET' | 'POST'

/** An answer of any client. */
export type Answer = { readonly status: number }

/** An HTTP client. It sends a call, and reads the answer's body unless it returns a `Response`. */
export type Client = (url: string, method?: Method, body?: string) => Promise<Answer>

/** The HTTP clients that peers add a token to. */
export type Base = 'fetch' | 'ky' | 'axios' | 'gaxios' | 'core-rest-pipeline' | '@octokit/request'

/** A way to call an API with a token. */
export type Peer = {
  readonly name: string
  readonly base: Base
  /** The npm packages that a user installs for it. */
  readonly packages: readonly string[]
  /** What a program imports from them, for the size of a bundle. */
  readonly imports?: string
  /** What the library leaves to its user, who writes it by hand. */
  readonly byHand?: string
  readonly create: (setting: Setting) => Client | Promise<Client>
}

/** The network. Scenarios without a network replace `globalThis.fetch` after the clients were created. */
export const network: typeof fetch = (input, init) => globalThis.fetch(input, init)
