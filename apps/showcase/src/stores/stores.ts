import type { TokenStore } from '@oauthkit/core'
import type { EndedIds } from '@oauthkit/login/handler'

/** What the app keeps for longer than a request. */
export type Stores = {
  /** Where that is, as the pages show it. */
  readonly name: 'memory' | 'Redis'
  /** The sign-ins and sessions that are over. Sessions themselves are in cookies. */
  readonly ended: EndedIds
  /** The tokens, encrypted. */
  readonly tokens: TokenStore
  /** Rejects if the store does not work now. */
  readonly check: () => Promise<unknown>
  /** Ends the connection. */
  readonly close: () => Promise<void>
}
