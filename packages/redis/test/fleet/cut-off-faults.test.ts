import { describe, expect, test } from 'vitest'
import { connectAdmin } from '../connect-admin.ts'
import { afterRedemption } from './after-redemption.ts'
import type { ClientSettings } from './protocol.ts'
import { record } from './record.ts'
import { lifetimeMs } from './start-fleet.ts'
import { chosen, isLong, last, startWarm, timeout, user } from './warm-fleet.ts'

/** Short, so that an operation fails while Redis is away. Longer than an operation takes on a busy machine. */
const storeTimeoutMs = 2000

type Client = Pick<ClientSettings, 'name' | 'isPatient'>

const clients: readonly Client[] = [
  { name: 'redis', isPatient: true },
  { name: 'redis', isPatient: false },
  { name: 'ioredis', isPatient: true },
  { name: 'ioredis', isPatient: false },
]

/** The calls of both processes, and then of both again. */
const allCalls = { outcomes: { 200: 40 }, rejected: 0, tokenRequests: 2 }

describe.concurrent('a process loses Redis after it redeemed a refresh token', { timeout }, () => {
  const row = (how: string) =>
    `a process loses Redis for 0.3 to 3 s after it redeemed a refresh token, and its connections are ${how}: users stay signed in`

  const cases = (['refused', 'broken', 'silent'] as const).flatMap((state) =>
    [0.3, 0.8, 1.5, 3].flatMap((seconds) =>
      clients.map(({ name, isPatient }) => {
        return { state, seconds, name, isPatient, queue: isPatient ? 'a' : 'no' }
      }),
    ),
  )
  const isUsual = ({ state, seconds, name, isPatient }: (typeof cases)[number]) =>
    seconds === 3 && (state === 'silent' ? name === 'ioredis' && !isPatient : name === 'redis' && isPatient)

  test.for(chosen(cases, isUsual))(
    '$state for $seconds s, with $name and $queue queue: users stay signed in',
    async (one, context) => {
      const { state, seconds, name, isPatient } = one
      const fleet = await startWarm(context, { ...user, size: 2, storeTimeoutMs, client: { name, isPatient } })
      const { toRedis } = fleet.holder
      const end = () => last(seconds).then(() => toRedis.set('open'))
      await record(context, fleet, () => afterRedemption(fleet, () => toRedis.set(state), end), row(state))
      expect(fleet.counts()).toEqual(allCalls)
    },
  )
})

test.for(isLong ? ['each tenth of 1,000 redemptions'] : [])(
  'eight processes lose Redis for 0.3 to 3 s after %s: users stay signed in',
  { timeout: 3 * timeout },
  async (_when, context) => {
    const fleet = await startWarm(context, { ...user, size: 8, storeTimeoutMs })
    const { holder, others, advance, get } = fleet
    const { toRedis } = holder
    const cuts = (['refused', 'broken', 'silent'] as const).flatMap((state) =>
      [0.3, 0.8, 1.5, 3].map((seconds) => ({ state, seconds })),
    )
    const loseRedis = async (number: number) => {
      const { state = 'silent', seconds = 1 } = cuts[number % cuts.length] ?? {}
      advance(lifetimeMs)
      await holder.ask({ type: 'arm', moment: 'answered', action: 'wait' })
      const hit = holder.hit()
      const renewing = get([holder])
      await hit
      await toRedis.set(state)
      await holder.ask({ type: 'continue' })
      const waiting = get(others)
      await last(seconds)
      await toRedis.set('open')
      await Promise.all([renewing, waiting])
      await holder.ask({ type: 'reconnect' })
    }
    const rotate = async () => {
      for (let rotation = 1; rotation <= 1000; rotation += 1) {
        // oxlint-disable-next-line no-await-in-loop -- each rotation redeems the refresh token of the one before
        await (rotation % 10 === 0 ? loseRedis(rotation / 10) : (advance(lifetimeMs), get()))
      }
    }
    await record(context, fleet, rotate)
    expect(fleet.counts()).toEqual({ outcomes: { token: 8000 }, rejected: 0, tokenRequests: 1000 })
  },
)

describe.concurrent('a process loses Redis for longer than its lease', { timeout }, () => {
  const cases = (['refused', 'silent'] as const).flatMap((state) => clients.map((client) => ({ state, ...client })))

  test.for(chosen(cases, ({ state, name, isPatient }) => state === 'refused' && name === 'redis' && isPatient))(
    '$state, with $name, after it redeemed a refresh token: the user must sign in again',
    async ({ state, name, isPatient }, context) => {
      const client = { name, isPatient }
      const fleet = await startWarm(context, { ...user, size: 2, leaseMs: 6000, storeTimeoutMs, client })
      const { toRedis } = fleet.holder
      const end = (waiting: Promise<unknown>) => waiting.then(() => toRedis.set('open'))
      const row =
        'a process loses Redis for longer than its lease after it redeemed a refresh token: the user must sign in again'
      await record(context, fleet, () => afterRedemption(fleet, () => toRedis.set(state), end), row)
      expect(fleet.counts().outcomes).toEqual({ 200: 10, TOKEN_MISSING: 30 })
    },
  )
})

describe.concurrent('Redis refuses writes for 3 s after a refresh token was redeemed', { timeout }, () => {
  const reasons = {
    'it is full': { command: ['CONFIG', 'SET', 'maxmemory'], start: '1', end: '0' },
    'its user lost the right to write': { command: ['ACL', 'SETUSER', 'default'], start: '-set', end: '+set' },
  }
  const cases = (['it is full', 'its user lost the right to write'] as const).flatMap((why) =>
    clients.map((client) => ({ why, ...client })),
  )

  test.for(chosen(cases, ({ why, name, isPatient }) => why === 'it is full' && name === 'redis' && isPatient))(
    '$why, with $name: users stay signed in',
    async ({ why, name, isPatient }, context) => {
      const fleet = await startWarm(context, { ...user, size: 2, storeTimeoutMs, client: { name, isPatient } })
      const admin = await connectAdmin(fleet.redis())
      const { command, start, end } = reasons[why]
      const send = (value: string) => admin.sendCommand([...command, value])
      const row = `Redis refuses writes for 3 s after a refresh token was redeemed, because ${why}: users stay signed in`
      const mend = () => last(3).then(() => send(end))
      await record(context, fleet, () => afterRedemption(fleet, () => send(start), mend), row)
      expect(fleet.counts()).toEqual(allCalls)
    },
  )
})
