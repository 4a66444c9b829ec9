import { describe, expect, test } from 'vitest'
import { createCutOff } from './cut-off.ts'
import type { Moment } from './protocol.ts'
import { record } from './record.ts'
import { lifetimeMs, startFleet } from './start-fleet.ts'

const timeout = 60_000

/** Hits the first process at a moment of its renewal, and has the others call then. */
async function hitHolder(moment: Moment, signal: 'SIGKILL' | 'SIGSTOP', user?: string) {
  const fleet = await startFleet({ ...(user && { user }) })
  if (!user) await fleet.call()
  fleet.advance(lifetimeMs)
  const [holder, ...others] = fleet.instances
  if (!holder) throw new Error('there is none')
  await holder.ask({ type: 'arm', moment, signal })
  const hit = holder.hit()
  const run = async () => {
    const calling = fleet.call([holder])
    await hit
    await fleet.call(others)
    holder.process.kill('SIGCONT')
    await calling
  }
  return { fleet, run }
}

describe('the process that holds the lock is killed', { timeout }, () => {
  test.each([
    ['locked', 1],
    ['read', 1],
    ['answered', 2],
  ] as const)('%s', async (moment, tokenRequests, ...[]) => {
    const { fleet, run } = await hitHolder(moment, 'SIGKILL')
    fleet.countAnew()
    await run()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 30 }, refused: 0, tokenRequests })
  })
  test.each([
    ['locked', 1],
    ['read', 1],
  ] as const)('user %s', async (moment, tokenRequests) => {
    const { fleet, run } = await hitHolder(moment, 'SIGKILL', 'ada')
    await run()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 30 }, refused: 0, tokenRequests })
  })
  test('user answered', async () => {
    const { fleet, run } = await hitHolder('answered', 'SIGKILL', 'ada')
    await run()
    expect(fleet.counts()).toEqual({ outcomes: { TOKEN_MISSING: 30 }, refused: 0, tokenRequests: 2 })
  })
})
describe('stopped', { timeout }, () => {
  test.each([
    ['locked', 1],
    ['read', 1],
    ['answered', 2],
  ] as const)('%s', async (moment, tokenRequests) => {
    const { fleet, run } = await hitHolder(moment, 'SIGSTOP')
    fleet.countAnew()
    await run()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 40 }, refused: 0, tokenRequests })
  })
  test.each([
    ['locked', 1],
    ['read', 1],
  ] as const)('user %s', async (moment, tokenRequests) => {
    const { fleet, run } = await hitHolder(moment, 'SIGSTOP', 'ada')
    await run()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 40 }, refused: 0, tokenRequests })
  })
  test('user answered', async () => {
    const { fleet, run } = await hitHolder('answered', 'SIGSTOP', 'ada')
    await run()
    expect(fleet.counts()).toEqual({ outcomes: { TOKEN_MISSING: 40 }, refused: 0, tokenRequests: 2 })
  })
})
describe('redis', { timeout }, () => {
  test('killed and restarted empty', async () => {
    const fleet = await startFleet()
    await fleet.call()
    fleet.countAnew()
    await fleet.redis().stop()
    await fleet.call()
    fleet.advance(lifetimeMs)
    await fleet.call()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 80 }, refused: 0, tokenRequests: 4 })
    await fleet.restartRedis()
    fleet.advance(lifetimeMs)
    await fleet.call()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 120 }, refused: 0, tokenRequests: 5 })
  })
  test('hangs', async () => {
    const fleet = await startFleet()
    await fleet.call()
    fleet.countAnew()
    fleet.redis().process.kill('SIGSTOP')
    await fleet.call()
    fleet.advance(lifetimeMs)
    await fleet.call()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 80 }, refused: 0, tokenRequests: 4 })
    fleet.redis().process.kill('SIGCONT')
    fleet.advance(lifetimeMs)
    await fleet.call()
    expect(fleet.counts()).toEqual({ outcomes: { 200: 120 }, refused: 0, tokenRequests: 5 })
  })
  test('user hangs', async () => {
    const fleet = await startFleet({ user: 'ada' })
    await fleet.call()
    fleet.redis().process.kill('SIGSTOP')
    fleet.advance(lifetimeMs)
    expect(await fleet.call()).toEqual({ TOKEN_UNAVAILABLE: 40 })
    fleet.redis().process.kill('SIGCONT')
    fleet.advance(1000)
    expect(await fleet.call()).toEqual({ 200: 40 })
  })
  test.each([0, 1, 2, 3, 4, 5, 6])('cut off after %i', async (answers) => {
    const cutOff = await createCutOff()
    const fleet = await startFleet({ leaseMs: 3000, proxy: cutOff.listen })
    await fleet.call()
    fleet.countAnew()
    cutOff.cutAfter(answers)
    fleet.advance(lifetimeMs)
    expect(await fleet.call()).toEqual({ 200: 40 })
    console.log(fleet.counts())
    fleet.advance(lifetimeMs)
    expect(await fleet.call()).toEqual({ 200: 40 })
    console.log(fleet.counts())
  })
  test.each([0, 1, 2, 3, 4, 5, 6])('user cut off after %i', async (answers) => {
    const cutOff = await createCutOff()
    const fleet = await startFleet({ leaseMs: 3000, proxy: cutOff.listen, user: 'ada' })
    await fleet.call()
    cutOff.cutAfter(answers)
    fleet.advance(lifetimeMs)
    expect.soft(await fleet.call()).toEqual({ 200: 40 })
    console.log(fleet.counts())
    fleet.advance(lifetimeMs)
    expect(await fleet.call()).toEqual({ 200: 40 })
    console.log(fleet.counts())
  })
  test.each([-10, 10])('clock %i', async (minutes) => {
    const fleet = await startFleet({ skewsMs: [minutes * 60_000] })
    for (let step = 0; step < 40; step++) {
      fleet.advance(lifetimeMs / 10)
      await fleet.call()
    }
    console.log(fleet.counts())
  })
})
