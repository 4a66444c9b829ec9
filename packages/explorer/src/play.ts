import { clientSecretBasic, createTokenSource, type Grant, type OwnTokenSource, type Provider } from '@oauthkit/core'
import { redisStore } from '@oauthkit/redis'
import { createFetch, createPlainStore, createRedisClient } from './clients.ts'
import type { Account, Outcome } from './account.ts'
import { addDamage, type Damage } from './damage.ts'
import { clockStepMs } from './faults.ts'
import { createRedisModel } from './redis-model.ts'
import type { Action, Scenario } from './scenario.ts'
import type { Process } from './step.ts'
import { createTokenEndpoint, lifetimeSeconds } from './token-endpoint.ts'
import { watchStore } from './watch-store.ts'
import { isFault, type Decide } from './choice.ts'
import { createWorld } from './world.ts'

const provider: Provider = {
  name: 'explorer',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
}

/** The grants of the users. The user `application` has the default one. */
const grants: Readonly<Record<string, Grant>> = {
  ada: { name: 'sign-in', identity: '' },
  bob: { name: 'sign-in', identity: '' },
  robot: {
    name: 'password',
    identity: '',
    parameters: () => ({ grant_type: 'password', username: 'robot', password: 'secret' }),
  },
}

const lifetimeMs = lifetimeSeconds * 1000

/** How much time passes before the race, in milliseconds. */
const ages = { none: 0, fresh: 1000, ageing: 585_000, expired: 700_000, dead: 700_000 }

/** Plays a scenario, in which `decide` decides what happens at each step. */
export async function play(scenario: Scenario, decide: Decide): Promise<Account> {
  const count = scenario.processes.length
  const world = createWorld(count + 1, decide)
  const redis = createRedisModel(world.now)
  const endpoint = createTokenEndpoint(world.now, scenario.forgives)
  const fetch = createFetch(world, endpoint)
  const damage: Damage = { isRedemptionLost: false, isLockLost: false, isEntryLost: scenario.expires === true }
  const outcomes: Outcome[] = []
  const probes: Outcome[] = []
  const last: Outcome[] = []
  const open = new Set<{ readonly process: Process; readonly action: Action }>()
  const isSettled = () => [...open].every(({ process }) => !process.isAlive)
  const entries = () => redis.keys().filter((key) => !key.endsWith(':lock'))

  const sourceOf = (user: string, process: Process): OwnTokenSource => {
    const grant = grants[user]
    const store =
      scenario.store === 'plain'
        ? createPlainStore(world, redis, process)
        : watchStore(redisStore(createRedisClient(world, redis, process)), world, process, scenario.locks)
    const client = { provider, clientId: 'app', clientSecret: 'secret', fetch, store }
    return createTokenSource({ ...client, ...(grant && { grant, key: user }) })
  }

  const perform = async (source: OwnTokenSource, user: string, action: Action, known: string | undefined) => {
    if (action === 'get') return source.getToken()
    if (action === 'reject') return source.getToken({ rejected: known })
    if (action === 'log out') await source.clear()
    else {
      const process = world.running()
      const token = endpoint.issue(user, 2, process.number)
      await source.setToken({ ...token, expiresAt: world.wallOf(process) + lifetimeMs })
    }
    return undefined
  }

  type Actor = { readonly user: string; readonly process: Process; readonly source: OwnTokenSource }

  /** Starts the first of some calls, keeps its outcome, and then starts the next. */
  const call = (actor: Actor, [action, ...following]: readonly Action[], kept: Outcome[]): void => {
    if (action === undefined) return
    const { user, process, source } = actor
    const running = { process, action }
    open.add(running)
    world.start(process, action, () => {
      const begin = world.taken.length
      const startedAt = world.now()
      const { frozenFor } = process
      const dead = new Set(process.answered)
      const known = source.peek()?.slice('Bearer '.length)
      const end = (result: Pick<Outcome, 'token' | 'error'>) => {
        open.delete(running)
        const endedAt = world.now()
        kept.push({
          user,
          process,
          action,
          known,
          steps: [begin, world.taken.length],
          startedAt,
          endedAt,
          wall: world.wallOf(process),
          hasDeadRefreshToken: dead.has(result.token?.refreshToken ?? ''),
          tookMs: endedAt - startedAt - (process.frozenFor - frozenFor),
          ...result,
        })
        call(actor, following, kept)
      }
      perform(source, user, action, known).then(
        (token) => end(token ? { token } : {}),
        (error: unknown) => end({ error }),
      )
    })
  }

  try {
    const actors = scenario.processes.map(({ user }, number): Actor => {
      const process = world.processes[number] as Process
      return { user, process, source: sourceOf(user, process) }
    })
    // One more process makes the entries at the start.
    const maker = world.processes[count] as Process
    for (const user of new Set(actors.map((actor) => actor.user))) {
      if (scenario.token === 'none') continue
      world.start(maker, 'sign in', () => {
        const token = endpoint.issue(user, 1, maker.number)
        void sourceOf(user, maker).setToken({ ...token, expiresAt: world.wallOf(maker) + lifetimeMs })
      })
      await world.run(100)
      if (scenario.token === 'dead') endpoint.end(user, 1)
    }
    if (scenario.isEnded) for (const { user } of actors) endpoint.end(user, 1)
    if (scenario.token === 'ageing' || scenario.token === 'fresh') {
      for (const actor of actors) call(actor, ['get'], [])
      await world.run(100)
    }
    await world.run(ages[scenario.token])
    if (scenario.lock !== undefined) for (const key of entries()) redis.set(`${key}:lock`, scenario.lock)

    world.evictors.push((what) => {
      for (const key of redis.keys()) if (key.endsWith(':lock') === (what === 'lock')) redis.del(key)
    })
    world.witnesses.push((fault, step) => {
      const texts = entries().map((key) => redis.get(key) ?? '')
      const isStored = (refreshToken: string) => texts.some((text) => text.includes(`"${refreshToken}"`))
      const isUnsaved = [...endpoint.issued.values()].some(
        ({ process, refreshToken }) =>
          process === step.process.number && endpoint.isCurrent(refreshToken) && !isStored(refreshToken),
      )
      const isSending = world.isSending(step.process)
      addDamage(damage, { fault, step, isUnsaved, isSending, isAlone: count === 1, taken: world.taken })
    })

    world.race(true)
    for (const [number, { calls }] of scenario.processes.entries())
      for (const actions of calls) call(actors[number] as Actor, actions, outcomes)
    if (scenario.expires) world.start(maker, 'the entry expires', () => entries().forEach((key) => redis.del(key)))
    await world.run(100_000, isSettled)
    await world.run(100_000)
    world.race(false)

    const clockSteps = world.taken.filter(({ what }) => isFault(what) && what.includes('clock')).length
    const probe = async (kept: Outcome[], passMs: number, more: readonly Actor[] = []) => {
      for (const actor of [...actors, ...more]) if (actor.process.isAlive) call(actor, ['get'], kept)
      await world.run(30_000, isSettled)
      await world.run(passMs)
    }
    // A token in memory serves until it expires. Then all must find the login in the store.
    await probe(probes, lifetimeMs)
    await probe(probes, 10_000)
    for (const process of world.processes) process.cutUntil = 0
    await probe(probes, lifetimeMs + clockSteps * clockStepMs)
    // A process that starts now knows only what is in the store.
    const users = new Set(actors.map(({ user }) => user))
    await probe(
      last,
      0,
      [...users].map((user) => ({ user, process: maker, source: sourceOf(user, maker) })),
    )
    const alive = [...open].filter(({ process }) => process.isAlive)
    return { scenario, world, endpoint, redis, damage, outcomes, open: alive, probes: [...probes, ...last], last }
  } finally {
    world.end()
  }
}
