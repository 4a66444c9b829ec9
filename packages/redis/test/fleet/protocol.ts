import type { Provider, Token } from '@oauthkit/core'

/** The client that a process of the fleet connects to Redis with. */
export type ClientSettings = {
  readonly name: 'redis' | 'ioredis'
  readonly mode: 'single' | 'cluster' | 'sentinel'
  /** The port of Redis on this machine, or of a Sentinel. */
  readonly port: number
  /** Whether commands wait for a connection while there is none. */
  readonly isPatient: boolean
  /** For TLS: the certificate that the server must have. */
  readonly ca?: string | undefined
}

/** The settings of a process of the fleet. */
export type Settings = {
  readonly client: ClientSettings
  readonly leaseMs: number
  readonly storeTimeoutMs: number
  readonly timeoutMs: number
  readonly provider: Omit<Provider, 'clientAuth'>
  /** The port that token requests go to. It is not in the URL, because processes with different URLs share no token. */
  readonly tokenPort: number
  /** The API that is called with the token. */
  readonly apiUrl: string
  /** The user that the tokens belong to. If absent, they belong to the application. */
  readonly user?: string | undefined
  /** How far the clock of this process is off, in milliseconds. */
  readonly skewMs: number
}

/** When something happens to a process that renews: it has the lock, it has read the store, or the server has answered. */
export type Moment = 'locked' | 'read' | 'answered'

/** A command for a process. `offsetMs` is how far its clock has been advanced. */
export type Command =
  | { readonly type: 'call'; readonly count: number; readonly offsetMs: number }
  /** Gets a token, and makes no call with it. */
  | { readonly type: 'get'; readonly offsetMs: number }
  | { readonly type: 'sign-in'; readonly token: Token; readonly offsetMs: number }
  /** Sends itself a signal at a moment of its next renewal, or waits until it gets `continue`. */
  | { readonly type: 'arm'; readonly moment: Moment; readonly action: NodeJS.Signals | 'wait' }
  | { readonly type: 'continue' }
  /** Waits until Redis answers. */
  | { readonly type: 'reconnect' }

/** The number of calls for each result: a status, the code of an error, or `token` if only a token was requested. */
export type Outcomes = Readonly<Record<string, number>>

/** A message of a process. No message holds a token. */
export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly outcomes: Outcomes }
  | { readonly type: 'hit'; readonly moment: Moment }
