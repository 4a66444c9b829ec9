import type { Provider, Token } from '@oauthkit/core'

/** The settings of a process of the fleet. */
export type Settings = {
  readonly redisUrl: string
  readonly leaseMs: number
  readonly storeTimeoutMs: number
  readonly provider: Omit<Provider, 'clientAuth'>
  /** The API that is called with the token. */
  readonly apiUrl: string
  /** The user that the tokens belong to. If absent, they belong to the application. */
  readonly user?: string | undefined
  /** How far the clock of this process is off, in milliseconds. */
  readonly skewMs: number
}

/** When a signal hits a process that renews: it has the lock, it has read the store, or the server has answered. */
export type Moment = 'locked' | 'read' | 'answered'

/** A command for a process. `offsetMs` is how far its clock has been advanced. */
export type Command =
  | { readonly type: 'call'; readonly count: number; readonly offsetMs: number }
  /** Gets a token, and makes no call with it. */
  | { readonly type: 'get'; readonly offsetMs: number }
  | { readonly type: 'sign-in'; readonly token: Token; readonly offsetMs: number }
  /** Sends itself a signal at a moment of its next renewal. */
  | { readonly type: 'arm'; readonly moment: Moment; readonly signal: NodeJS.Signals }
  | { readonly type: 'reconnect' }

/** The number of calls for each result: a status, the code of an error, or `token` if only a token was requested. */
export type Outcomes = Readonly<Record<string, number>>

/** A message of a process. No message holds a token. */
export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly outcomes: Outcomes }
  | { readonly type: 'hit'; readonly moment: Moment }
