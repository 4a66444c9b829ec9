import { bouygues } from '@oauthkit/bouygues'
import type { Token } from '@oauthkit/core'
import { createEmulator, emulated, emulatedUrl, type Counters } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import type { TestContext } from 'vitest'
import { startRedis } from '../../../../config/start-redis.ts'
import { signInOnce } from './sign-in-once.ts'
import { startInstance, type Instance } from './start-instance.ts'
import type { Outcomes } from './protocol.ts'

/** The options of a fleet. */
export type FleetOptions = {
  readonly size?: number
  /** Long by default, so that it does not expire on a slow machine. */
  readonly leaseMs?: number
  readonly storeTimeoutMs?: number
  /** Signs this user in. If absent, the tokens belong to the application. */
  readonly user?: string
  /** How far the clocks of the processes are off, in milliseconds. */
  readonly skewsMs?: readonly number[]
  /** Further arguments of `redis-server`. */
  readonly redisSettings?: readonly string[]
  /** Starts a proxy between the processes and Redis. */
  readonly proxy?: (port: number) => Promise<{ readonly port: number }>
}

export const lifetimeMs = 3_600_000

/** Starts processes with one Redis, and an authorization server that counts requests. All of them end with the test. */
export async function startFleet({ onTestFinished }: TestContext, options: FleetOptions = {}) {
  const { size = 3, leaseMs = 15_000, storeTimeoutMs = 5000, user, skewsMs = [], proxy, redisSettings } = options
  const emulator = createEmulator({ bouygues: { lifetimeMs } })
  const server = await serve(emulator)
  onTestFinished(() => server.close())
  const startOwnRedis = async (port?: number) => {
    const started = await startRedis(port, redisSettings)
    onTestFinished(started.stop)
    return started
  }
  let redis = await startOwnRedis()
  const { port } = (await proxy?.(redis.port)) ?? redis

  const { clientAuth: _clientAuth, ...provider } = emulated(bouygues, server.url)
  const redisUrl = `redis://127.0.0.1:${port}`
  const apiUrl = emulatedUrl('https://open.api.bouyguestelecom.fr/echo', server.url)
  const start = async (skewMs = 0) => {
    const instance = await startInstance({ redisUrl, leaseMs, storeTimeoutMs, provider, apiUrl, user, skewMs })
    onTestFinished(instance.end)
    return instance
  }
  const instances = await Promise.all(Array.from({ length: size }, (_, index) => start(skewsMs[index])))
  const [holder, ...others] = instances as [Instance, ...Instance[]]

  let offsetMs = 0
  let before: Counters
  let total: Record<string, number>
  const resetCounts = () => {
    before = emulator.bouygues.counters
    total = {}
  }
  resetCounts()

  const count = (answers: readonly Outcomes[]): Outcomes => {
    const outcomes: Record<string, number> = {}
    for (const [outcome, times] of answers.flatMap((answer) => Object.entries(answer))) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + times
      total[outcome] = (total[outcome] ?? 0) + times
    }
    return outcomes
  }
  /** Lets each process make `times` calls at the same time. */
  const call = async (callers: readonly Instance[] = instances, times = 10): Promise<Outcomes> =>
    count(await Promise.all(callers.map(({ ask }) => ask({ type: 'call', count: times, offsetMs }))))
  /** Lets each process get a token. */
  const get = async (callers: readonly Instance[] = instances): Promise<Outcomes> =>
    count(await Promise.all(callers.map(({ ask }) => ask({ type: 'get', offsetMs }))))

  if (user !== undefined) {
    emulator.bouygues.refreshTokens = true
    const token: Token = await signInOnce(emulator, server.url)
    await instances[0]?.ask({ type: 'sign-in', token, offsetMs })
    resetCounts()
  }

  return {
    emulator: emulator.bouygues,
    instances,
    /** The process that gets the signal in the tests of faults. */
    holder,
    others,
    call,
    get,
    resetCounts,
    redis: () => redis,
    /** Starts another Redis on the port of the one that was killed. */
    restartRedis: async () => {
      redis = await startOwnRedis(redis.port)
      await Promise.all(instances.map(({ ask }) => ask({ type: 'reconnect' })))
    },
    /** Advances the clocks of the server and of all processes. */
    advance: (ms: number) => {
      emulator.clock.advance(ms)
      offsetMs += ms
    },
    /** Returns the results of the calls so far, and how many tokens the API rejected and how many were requested. */
    counts: () => {
      const { tokenRequests, apiRejections } = emulator.bouygues.counters
      return {
        outcomes: total,
        rejected: apiRejections - before.apiRejections,
        tokenRequests: tokenRequests - before.tokenRequests,
      }
    },
  }
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>
