import type { TokenStore } from '@oauthkit/core'
import type { Store } from 'express-session'
import type { UsedSignIns } from './used-sign-ins.ts'

/** Where the app keeps what outlives a request. */
export type Stores = {
  /** What it is, for people to read. */
  readonly name: 'memory' | 'Redis'
  /** The users' sessions; no token is in them. */
  readonly sessions: Store
  /** The sign-ins that are over. */
  readonly usedSignIns: UsedSignIns
  /** The tokens, encrypted. */
  readonly tokens: TokenStore
  /** Rejects if the store cannot be used now. */
  readonly check: () => Promise<unknown>
  /** Ends the connection. */
  readonly close: () => Promise<void>
}
