import type { Provider, Token } from '@oauthkit/core'

/** What a process of the fleet is started with. */
export type Settings = {
  readonly redisUrl: string
  readonly leaseMs: number
  readonly storeTimeoutMs: number
  readonly provider: Omit<Provider, 'clientAuth'>
  /** What is called with the token. */
  readonly apiUrl: string
  /** Whose tokens they are; absent: the application's own. */
  readonly user?: string | undefined
  /** How far the clock of this process is off, in milliseconds. */
  readonly skewMs: number
}

/** Where in a renewal a process can be hit: it has the lock, it has read the store under it, the server has answered. */
export type Moment = 'locked' | 'read' | 'answered'

/** What a process is told to do; `offsetMs` is how far its clock has been advanced. */
export type Command =
  | { readonly type: 'call'; readonly count: number; readonly offsetMs: number }
  /** Gets a token, and calls nothing with it. */
  | { readonly type: 'get'; readonly offsetMs: number }
  | { readonly type: 'sign-in'; readonly token: Token; readonly offsetMs: number }
  /** Sends itself a signal at a moment of its next renewal. */
  | { readonly type: 'arm'; readonly moment: Moment; readonly signal: NodeJS.Signals }
  | { readonly type: 'reconnect' }

/** How many calls ended how: by status, or by the code of an error; `token` is one that only got a token. */
export type Outcomes = Readonly<Record<string, number>>

/** What a process says. Neither holds a token. */
export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly outcomes: Outcomes }
  | { readonly type: 'hit'; readonly moment: Moment }
