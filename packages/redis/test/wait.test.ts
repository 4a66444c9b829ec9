import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Commands } from '../src/commands.ts'
import { createWait } from '../src/wait.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

afterEach(() => {
  expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const deaf: Commands = { get: async () => null, set: async () => 'OK', del: async () => 0, run: async () => false }

/** Creates a wait with a client that can listen. `tell` announces that the lock was released. */
async function listen(leaseMs = 1250) {
  const listeners = new Map<string, () => void>()
  const listening = (channel: string, listener: () => void) => {
    listeners.set(channel, listener)
    return { ready: Promise.resolve(), end: () => listeners.delete(channel) }
  }
  const wait = await createWait({ ...deaf, listen: listening }, 'lock', leaseMs, (answer) => answer)
  return { wait, listeners, tell: () => listeners.get('lock')?.() }
}

/** Measures how long one wait takes, in milliseconds. */
async function measure(next: () => Promise<void>): Promise<number> {
  const state = { isDone: false }
  void next().then(() => (state.isDone = true))
  let ms = 0
  for (; !state.isDone && ms < 2000; ms += 1) await vi.advanceTimersByTimeAsync(1)
  return ms
}

test('a release wakes a waiting caller at once', async () => {
  const { wait, tell } = await listen()
  const woken = wait.next()
  tell()
  await expect(woken).resolves.toBeUndefined()
  wait.end()
})

test('a release between two waits is not missed', async () => {
  const { wait, tell } = await listen()
  tell()
  await expect(wait.next()).resolves.toBeUndefined()
  wait.end()
})

test('each release ends only one wait', async () => {
  const { wait, tell } = await listen()
  tell()
  await wait.next()
  const woken = wait.next()
  tell()
  await woken
  expect(await measure(wait.next)).toBe(250)
  wait.end()
})

test.each([
  ['five times in a lease', 1250, 250],
  ['once a second, if that is less', 60_000, 1000],
])('a listener still asks %s, because a holder that died sends no message', async (_often, leaseMs, ms) => {
  const { wait } = await listen(leaseMs)
  expect(await measure(wait.next)).toBe(ms)
  expect(await measure(wait.next)).toBe(ms)
  wait.end()
})

test('a caller that cannot listen asks after 10 ms, and then less and less often', async () => {
  const wait = await createWait(deaf, 'lock', 60_000, (answer) => answer)
  const pauses: number[] = []
  for (let index = 0; index < 10; index += 1) pauses.push(await measure(wait.next))
  expect(pauses).toEqual([10, 15, 22, 33, 50, 75, 113, 170, 250, 250])
  wait.end()
})

test('a caller that is not allowed to listen asks as often as a caller that cannot listen', async () => {
  const refuse = () => ({ ready: Promise.reject(new Error('NOPERM')), end: () => {} })
  const wait = await createWait({ ...deaf, listen: refuse }, 'lock', 60_000, (answer) => answer)
  expect(await measure(wait.next)).toBe(10)
  wait.end()
})

test('the pauses are random, so that callers do not all ask at the same time', async () => {
  const { wait } = await listen()
  vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.99)
  expect(await measure(wait.next)).toBe(125)
  expect(await measure(wait.next)).toBe(372)
  wait.end()
})

test('the end of a wait removes its listener', async () => {
  const { wait, listeners } = await listen()
  wait.end()
  expect(listeners.size).toBe(0)
})
