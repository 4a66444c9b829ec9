import type { Damage } from './damage.ts'
import type { RedisModel } from './redis-model.ts'
import type { Action, Scenario } from './scenario.ts'
import type { Process } from './step.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { World } from './world.ts'
import type { Token } from '@oauthkit/core'

/** How a call ended. */
export type Outcome = {
  readonly user: string
  readonly process: Process
  readonly action: Action
  /** The access token that the process had before. */
  readonly known: string | undefined
  /** How many steps were taken before it began, and before it ended. */
  readonly steps: readonly [begin: number, end: number]
  /** By the monotonic clock, in milliseconds. */
  readonly startedAt: number
  readonly endedAt: number
  /** The wall clock of the process at the end. */
  readonly wall: number
  /** How long it took, in milliseconds, without the time in which its process was frozen. */
  readonly tookMs: number
  readonly token?: Token
  /** Whether the process had the answer to the refresh token of that token before the call began. */
  readonly hasDeadRefreshToken: boolean
  readonly error?: unknown
}

/** What happened in a run. */
export type Account = {
  readonly scenario: Scenario
  readonly world: World
  readonly endpoint: TokenEndpoint
  readonly redis: RedisModel
  readonly damage: Damage
  /** The calls of the scenario that have ended. */
  readonly outcomes: readonly Outcome[]
  /** The calls that have not ended, of processes that live. */
  readonly open: readonly { readonly process: Process; readonly action: Action }[]
  /** What the processes that live get later: soon, after a lifetime, and at the end, when everything works again. */
  readonly probes: readonly Outcome[]
  /** Those at the end. */
  readonly last: readonly Outcome[]
}
