import { bouygues } from '@oauthkit/bouygues'
import type { Token } from '@oauthkit/core'
import { createEmulator, emulated, emulatedUrl, type Counters } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import type { TestContext } from 'vitest'
import { startRedis } from '../../../../config/start-redis.ts'
import { createGate, type Gate } from './gate.ts'
import { signInOnce } from './sign-in-once.ts'
import { startInstance, type Instance } from './start-instance.ts'
import type { ClientSettings, Outcomes } from './protocol.ts'

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
  /** Starts what the processes connect to, such as a proxy before Redis, or a Sentinel. If absent: Redis itself. */
  readonly front?: (redisPort: number) => Promise<{ readonly port: number }>
  /** Long by default, for a slow machine. */
  readonly timeoutMs?: number
  /** How the processes connect to Redis. */
  readonly client?: Partial<ClientSettings>
}

export const lifetimeMs = 3_600_000

/** A process, and its gates: to Redis, and to the token endpoint. */
export type Member = Instance & { readonly toRedis: Gate; readonly toServer: Gate }

/** Starts processes with one Redis, and an authorization server that counts requests. All of them end with the test. */
export async function startFleet(context: TestContext, options: FleetOptions = {}) {
  const { size = 3, leaseMs = 15_000, storeTimeoutMs = 5000, timeoutMs = 30_000, user, skewsMs = [] } = options
  const { front, redisSettings } = options
  const { onTestFinished } = context
  const emulator = createEmulator({ bouygues: { lifetimeMs } })
  const server = await serve(emulator)
  onTestFinished(() => server.close())
  const startOwnRedis = async (port?: number) => {
    const started = await startRedis(port, redisSettings)
    onTestFinished(started.stop)
    return started
  }
  let redis = await startOwnRedis()
  const { port } = (await front?.(redis.port)) ?? redis

  const { clientAuth: _clientAuth, ...provider } = emulated(bouygues, server.url)
  const client: ClientSettings = { name: 'redis', mode: 'single', isPatient: true, port, ...options.client }
  const apiUrl = emulatedUrl('https://open.api.bouyguestelecom.fr/echo', server.url)

  /** Starts a process that reaches Redis and the token endpoint through two gates. */
  const start = async (skewMs = 0): Promise<Member> => {
    const toRedis = await createGate(context, client.port)
    const toServer = await createGate(context, Number(new URL(server.url).port))
    const instance = await startInstance({
      // A cluster and a Sentinel tell their clients other ports.
      client: client.mode === 'single' ? { ...client, port: toRedis.port } : client,
      leaseMs,
      storeTimeoutMs,
      timeoutMs,
      provider,
      tokenPort: toServer.port,
      apiUrl,
      user,
      skewMs,
    })
    onTestFinished(instance.end)
    return { ...instance, toRedis, toServer }
  }
  const instances = await Promise.all(Array.from({ length: size }, (_, index) => start(skewsMs[index])))
  const [holder, ...others] = instances as [Member, ...Member[]]

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

  /** Signs the user in, and returns a function that hands the tokens to a process. */
  const prepareSignIn = async () => {
    emulator.bouygues.refreshTokens = true
    const token: Token = await signInOnce(emulator, server.url)
    return () => holder.ask({ type: 'sign-in', token, offsetMs })
  }
  if (user !== undefined) {
    const signIn = await prepareSignIn()
    await signIn()
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
    prepareSignIn,
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
