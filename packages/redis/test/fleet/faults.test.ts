import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { createCutOff } from './cut-off.ts'
import { findEntry } from './find-entry.ts'
import type { Moment } from './protocol.ts'
import { expectCounts } from './expect-counts.ts'
import { record } from './record.ts'
import { lifetimeMs, startFleet, type Fleet } from './start-fleet.ts'
import { app, chosen, ifLong, startWarm, timeout, user } from './warm-fleet.ts'

/**
 * Makes one process send itself a signal while it renews. It continues after the calls of the others, when its lease is
 * over.
 */
async function hitHolder(fleet: Fleet, moment: Moment, signal: NodeJS.Signals) {
  const { holder, others } = fleet
  const { admin, lock } = await findEntry(fleet)
  await holder.ask({ type: 'arm', moment, action: signal })
  const hit = holder.hit()
  const calling = fleet.call([holder])
  await hit
  // No process extends the lease of a dead one, so the test need not wait for all of it.
  if (signal === 'SIGKILL') await admin.pExpire(lock, 500)
  await fleet.call(others)
  await vi.waitUntil(async () => (await admin.exists(lock)) === 0, { timeout })
  holder.process.kill('SIGCONT')
  await calling
}

/** Short, because a call waits this long several times while Redis is down. */
const storeTimeoutMs = 2000

describe.concurrent('a process that renews', { timeout }, () => {
  /** The other processes wait this long. A third of it is longer than a command takes on a busy machine. */
  const leaseMs = 6000

  const renewals = [
    ['is killed', 'takes the lock', "the application's", app, 'SIGKILL', 'locked'],
    ['is killed', 'reads the store again', "the application's", app, 'SIGKILL', 'read'],
    ['is killed', 'takes the lock', "a user's", user, 'SIGKILL', 'locked'],
    ['is killed', 'reads the store again', "a user's", user, 'SIGKILL', 'read'],
    ['is suspended past its lease', 'takes the lock', "the application's", app, 'SIGSTOP', 'locked'],
    ['is suspended past its lease', 'reads the store again', "the application's", app, 'SIGSTOP', 'read'],
    ['is suspended past its lease', 'takes the lock', "a user's", user, 'SIGSTOP', 'locked'],
    ['is suspended past its lease', 'reads the store again', "a user's", user, 'SIGSTOP', 'read'],
  ] as const

  test.for(
    chosen(renewals, ([, , , whose, signal, moment]) =>
      signal === 'SIGKILL' ? whose === user && moment === 'locked' : whose === app && moment === 'read',
    ),
  )('%s after it %s: another process renews %s token', async ([, , , whose, signal, moment], context) => {
    const fleet = await startWarm(context, { ...whose, leaseMs })
    fleet.advance(lifetimeMs)
    await record(context, fleet, () => hitHolder(fleet, moment, signal))
    const calls = signal === 'SIGKILL' ? 20 : 30
    expectCounts(fleet, { 200: calls }, 1, whose)
  })

  const signals = [
    ['is killed', 'SIGKILL', 20],
    ['is suspended past its lease', 'SIGSTOP', 30],
  ] as const

  test.for(chosen(signals, ([, signal]) => signal === 'SIGKILL'))(
    "%s before it saves the application's token: another process requests a second token",
    async ([, signal, calls], context) => {
      const fleet = await startWarm(context, { leaseMs })
      fleet.advance(lifetimeMs)
      await record(context, fleet, () => hitHolder(fleet, 'answered', signal))
      expectCounts(fleet, { 200: calls }, 2, app)
    },
  )

  test.for(chosen(signals, ([, signal]) => signal === 'SIGSTOP'))(
    '%s after it redeems a refresh token, before it saves the new one: the user must sign in again',
    async ([, signal, calls], context) => {
      const fleet = await startWarm(context, { ...user, leaseMs, storeTimeoutMs })
      fleet.advance(lifetimeMs)
      await record(context, fleet, () => hitHolder(fleet, 'answered', signal))
      expect(fleet.counts()).toEqual({ outcomes: { TOKEN_MISSING: calls }, rejected: 0, tokenRequests: 2 })
    },
  )

  test('is killed while the old token is good: calls continue with it, and another process renews it', async (context) => {
    const fleet = await startWarm(context, { leaseMs })
    fleet.advance(lifetimeMs - 60_000)
    await record(context, fleet, async () => {
      const { holder, others } = fleet
      await holder.ask({ type: 'arm', moment: 'answered', action: 'SIGKILL' })
      const hit = holder.hit()
      void holder.ask({ type: 'get', offsetMs: lifetimeMs - 60_000 })
      await hit
      await fleet.call(others)
      fleet.advance(60_000)
      await fleet.call(others)
    })
    expect(fleet.counts()).toMatchObject({ outcomes: { 200: 40 }, rejected: 0, tokenRequests: 2 })
  })
})

describe.concurrent('Redis', { timeout }, () => {
  test('is killed, and starts again empty: each process gets its own token, later they share one', async (context) => {
    const fleet = await startWarm(context, { storeTimeoutMs })
    await record(context, fleet, async () => {
      await fleet.redis().stop()
      await fleet.call()
      fleet.advance(lifetimeMs)
      await fleet.call()
      await fleet.restartRedis()
      fleet.advance(lifetimeMs)
      await fleet.call()
    })
    expect(fleet.counts()).toEqual({ outcomes: { 200: 90 }, rejected: 0, tokenRequests: 3 + 1 })
  })

  test.for(ifLong('is killed, and starts again empty: users must sign in again when their tokens expire'))(
    '%s',
    async (_title, context) => {
      const fleet = await startWarm(context, { ...user, storeTimeoutMs })
      await record(context, fleet, async () => {
        await fleet.redis().stop()
        await fleet.call()
        await fleet.restartRedis()
        await fleet.call()
        fleet.advance(lifetimeMs)
        await fleet.call()
      })
      expect(fleet.counts()).toEqual({ outcomes: { 200: 60, TOKEN_MISSING: 30 }, rejected: 0, tokenRequests: 0 })
    },
  )

  test('is killed, and starts again with its data: calls with an expired user token fail until then, and users stay signed in', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'oauthkit-fleet-'))
    context.onTestFinished(() => rmSync(folder, { recursive: true }))
    const redisSettings = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder]
    const fleet = await startWarm(context, { ...user, storeTimeoutMs, redisSettings })
    await record(context, fleet, async () => {
      await fleet.redis().stop()
      await fleet.call()
      fleet.advance(lifetimeMs)
      await fleet.call()
      await fleet.restartRedis()
      fleet.advance(1000)
      await fleet.call()
    })
    const outcomes = { 200: 60, TOKEN_UNAVAILABLE: 30 }
    expect(fleet.counts()).toEqual({ outcomes, rejected: 0, tokenRequests: 1 })
  })

  test.for(ifLong('hangs: each process gets its own token, later they share one'))('%s', async (_title, context) => {
    const fleet = await startWarm(context, { storeTimeoutMs })
    await record(context, fleet, async () => {
      fleet.redis().signal('SIGSTOP')
      await fleet.call()
      fleet.advance(lifetimeMs)
      await fleet.call()
      fleet.redis().signal('SIGCONT')
      fleet.advance(lifetimeMs)
      await fleet.call()
    })
    expect(fleet.counts()).toEqual({ outcomes: { 200: 90 }, rejected: 0, tokenRequests: 3 + 1 })
  })

  test('hangs: calls with an expired user token fail until it answers again, and users stay signed in', async (context) => {
    const fleet = await startWarm(context, { ...user, storeTimeoutMs })
    await record(context, fleet, async () => {
      fleet.redis().signal('SIGSTOP')
      await fleet.call()
      fleet.advance(lifetimeMs)
      await fleet.call()
      fleet.redis().signal('SIGCONT')
      fleet.advance(1000)
      await fleet.call()
    })
    const outcomes = { 200: 60, TOKEN_UNAVAILABLE: 30 }
    expect(fleet.counts()).toEqual({ outcomes, rejected: 0, tokenRequests: 1 })
  })

  test.for(ifLong('hangs after a refresh token was redeemed: the new tokens are saved when it answers again'))(
    '%s',
    async (_title, context) => {
      const fleet = await startWarm(context, { ...user, storeTimeoutMs })
      const { holder, others } = fleet
      await record(context, fleet, async () => {
        const release = fleet.emulator.holdTokenRequests()
        const requested = fleet.emulator.tokenRequested()
        fleet.advance(lifetimeMs)
        const calling = fleet.call([holder])
        await requested
        fleet.redis().signal('SIGSTOP')
        release()
        await calling
        fleet.redis().signal('SIGCONT')
        await fleet.call(others)
        fleet.advance(lifetimeMs)
        await fleet.call()
      })
      expect(fleet.counts()).toEqual({ outcomes: { 200: 60 }, rejected: 0, tokenRequests: 2 })
    },
  )

  const owners = [
    ["the application's", app, 3],
    ["a user's", user, 1],
  ] as const

  test.for(chosen(owners, ([, whose]) => whose === user))(
    'breaks each connection in the middle of one answer of a renewal, from the first to the seventh: all calls get %s token',
    async ([, whose, most], context) => {
      const cutOff = createCutOff(context)
      const fleet = await startWarm(context, { ...whose, leaseMs: 6000, front: cutOff.listen })
      await record(context, fleet, async () => {
        for (let answers = 0; answers < 7; answers += 1) {
          fleet.advance(lifetimeMs)
          cutOff.cutAfter(answers)
          await fleet.call()
        }
      })
      const { tokenRequests, ...counts } = fleet.counts()
      expect(counts).toEqual({ outcomes: { 200: 7 * 30 }, rejected: 0 })
      expect(tokenRequests).toBeLessThanOrEqual(7 * most)
    },
  )
})

describe.concurrent('one clock', { timeout }, () => {
  const clocks = [
    ['fast', "the application's", 10, app],
    ['slow', "the application's", -10, app],
    ['fast', "a user's", 10, user],
    ['slow', "a user's", -10, user],
  ] as const

  test.for(chosen(clocks, ([how, , , whose]) => how === 'fast' && whose === user))(
    'is ten minutes %s: no call fails in four lifetimes of %s token',
    async ([, , minutes, whose], context) => {
      const fleet = await startFleet(context, { ...whose, skewsMs: [minutes * 60_000] })
      await record(context, fleet, async () => {
        for (let step = 0; step < 40; step += 1) {
          await fleet.call()
          fleet.advance(lifetimeMs / 10)
        }
      })
      const { outcomes, rejected, tokenRequests } = fleet.counts()
      expect(outcomes).toEqual({ 200: 1200 })
      // In each lifetime, the API rejects at most one round of calls. The source sends them again.
      expect(rejected).toBeLessThanOrEqual(4 * 30)
      expect(tokenRequests).toBeLessThanOrEqual(4 * 2)
    },
  )
})
