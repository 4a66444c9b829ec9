import { describe, expect, test } from 'vitest'
import { expectCounts } from './expect-counts.ts'
import { findEntry } from './find-entry.ts'
import { record } from './record.ts'
import { lifetimeMs, type Fleet } from './start-fleet.ts'
import { app, chosen, ifLong, startWarm, timeout, user } from './warm-fleet.ts'

/** Removes the lock while its holder reads the answer of the token endpoint. The others then renew, too. */
async function evictLock(fleet: Fleet): Promise<void> {
  const { holder, others } = fleet
  const { admin, lock } = await findEntry(fleet)
  fleet.advance(lifetimeMs)
  await holder.ask({ type: 'arm', moment: 'answered', action: 'wait' })
  const hit = holder.hit()
  const calling = fleet.call([holder])
  await hit
  await admin.del(lock)
  await fleet.call(others)
  await holder.ask({ type: 'continue' })
  await calling
}

/** A call that waits for the end of this lease fails. */
const leaseMs = 600_000

describe.concurrent('a process that has the lock', { timeout }, () => {
  const signals = [
    ['is killed', 'SIGKILL'],
    ['is suspended', 'SIGSTOP'],
  ] as const

  test.for(chosen(signals, ([, action]) => action === 'SIGSTOP'))(
    "%s: the others get the application's token, and do not wait for the end of its lease",
    async ([, action], context) => {
      const fleet = await startWarm(context, { ...app, leaseMs })
      const { admin, lock } = await findEntry(fleet)
      await record(context, fleet, async () => {
        const { holder, others } = fleet
        fleet.advance(lifetimeMs)
        await holder.ask({ type: 'arm', moment: 'locked', action })
        const hit = holder.hit()
        void holder.ask({ type: 'get', offsetMs: lifetimeMs })
        await hit
        await fleet.call(others)
        expect(await admin.exists(lock)).toBe(1)
      })
      expectCounts(fleet, { 200: 20 }, 1, app)
    },
  )

  const connections = [
    ['gets no answer from the token endpoint', 'silent'],
    ['loses each connection to the token endpoint', 'broken'],
  ] as const

  test.for(chosen(connections, ([, state]) => state === 'silent'))(
    "%s: the others get the application's token",
    async ([, state], context) => {
      const fleet = await startWarm(context, { ...app, leaseMs })
      await record(context, fleet, async () => {
        const { holder, others } = fleet
        fleet.advance(lifetimeMs)
        await holder.toServer.set(state)
        await holder.ask({ type: 'arm', moment: 'locked', action: 'wait' })
        const hit = holder.hit()
        const asking = holder.ask({ type: 'get', offsetMs: lifetimeMs })
        await hit
        await holder.ask({ type: 'continue' })
        await fleet.call(others)
        await holder.toServer.set('open')
        await asking
      })
      expect(fleet.counts()).toMatchObject({ outcomes: { 200: 20 }, rejected: 0 })
    },
  )

  test.for(
    ifLong("gets no answer from the token endpoint: the others wait for a user's token, and users stay signed in"),
  )('%s', async (_title, context) => {
    const fleet = await startWarm(context, { ...user })
    await record(context, fleet, async () => {
      const { holder, others } = fleet
      fleet.advance(lifetimeMs)
      await holder.toServer.set('silent')
      await holder.ask({ type: 'arm', moment: 'locked', action: 'wait' })
      const hit = holder.hit()
      const calling = fleet.call([holder])
      await hit
      await holder.ask({ type: 'continue' })
      const waiting = fleet.call(others)
      await holder.toServer.set('open')
      await Promise.all([calling, waiting])
    })
    expect(fleet.counts()).toEqual({ outcomes: { 200: 30 }, rejected: 0, tokenRequests: 1 })
  })
})

describe.concurrent('a lock in Redis', { timeout }, () => {
  const whose = [
    ["the application's", app],
    ["a user's", user],
  ] as const

  test.for(chosen(whose, ([, owner]) => owner === user))(
    'has no lifetime: a process takes it over, and renews %s token',
    async ([, owner], context) => {
      const fleet = await startWarm(context, { ...owner })
      const { admin, lock } = await findEntry(fleet)
      await record(context, fleet, async () => {
        fleet.advance(lifetimeMs)
        await admin.set(lock, 'another')
        await fleet.call()
      })
      expectCounts(fleet, { 200: 30 }, 1, owner)
    },
  )

  test.for(chosen(whose, ([, owner]) => owner === app))(
    'is a list: a process takes it over, and renews %s token',
    async ([, owner], context) => {
      const fleet = await startWarm(context, { ...owner })
      const { admin, lock } = await findEntry(fleet)
      await record(context, fleet, async () => {
        fleet.advance(lifetimeMs)
        await admin.lPush(lock, 'another')
        await fleet.call()
      })
      expectCounts(fleet, { 200: 30 }, 1, owner)
    },
  )

  test.for(
    ifLong("is evicted while a process requests the application's token: another process requests a second token"),
  )('%s', async (_title, context) => {
    const fleet = await startWarm(context, { ...app })
    await record(context, fleet, () => evictLock(fleet))
    expectCounts(fleet, { 200: 30 }, 2, app)
  })

  test('is evicted after a refresh token was redeemed, before the new one is saved: the user must sign in again', async (context) => {
    const fleet = await startWarm(context, { ...user })
    await record(context, fleet, () => evictLock(fleet))
    expect(fleet.counts()).toEqual({ outcomes: { TOKEN_MISSING: 30 }, rejected: 0, tokenRequests: 2 })
  })
})

describe.concurrent('an entry in Redis', { timeout }, () => {
  const wrong = [
    { write: 'lPush', type: 'a list' },
    { write: 'sAdd', type: 'a set' },
  ] as const

  test.for(chosen(wrong, ({ write }) => write === 'lPush'))(
    "is $type: one process replaces the application's token",
    async ({ write }, context) => {
      const fleet = await startWarm(context, { ...app })
      const { admin, key } = await findEntry(fleet)
      await record(
        context,
        fleet,
        async () => {
          fleet.advance(lifetimeMs)
          await admin.del(key)
          await admin[write](key, 'text')
          await fleet.call()
        },
        "an entry in Redis is not a string: one process replaces the application's token",
      )
      expectCounts(fleet, { 200: 30 }, 1, app)
    },
  )

  test.for(ifLong('is not a string: a user must sign in again, and then stays signed in'))(
    '%s',
    async (_title, context) => {
      const fleet = await startWarm(context, { ...user })
      const { admin, key } = await findEntry(fleet)
      const signIn = await fleet.prepareSignIn()
      await record(context, fleet, async () => {
        fleet.advance(lifetimeMs)
        await admin.del(key)
        await admin.lPush(key, 'text')
        await fleet.call()
        await signIn()
        await fleet.call()
        fleet.advance(lifetimeMs)
        await fleet.call()
      })
      expect(fleet.counts().outcomes).toEqual({ TOKEN_MISSING: 30, 200: 60 })
    },
  )
})
