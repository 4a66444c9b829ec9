import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commit } from '../src/commit.ts'
import type { DenoKvTransaction } from '../src/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A transaction that fails some times. */
function failing(times: number, error: unknown = new Error('database is locked\n\nCaused by: Error code 5')) {
  const run = vi.fn<() => Promise<{ ok: boolean }>>(async () => {
    if (run.mock.calls.length <= times) throw error
    return { ok: true }
  })
  const transaction: DenoKvTransaction = { check: () => transaction, set: () => transaction, commit: run }
  return { transaction, run }
}

test('a transaction that another process disturbs is tried again, ten times at most', async () => {
  const { transaction, run } = failing(9)
  const committing = commit(transaction)
  await vi.advanceTimersByTimeAsync(1000)
  expect(await committing).toBe(true)
  expect(run).toHaveBeenCalledTimes(10)
  const endless = failing(10)
  const outcome = commit(endless.transaction).catch((error: unknown) => String(error))
  await vi.advanceTimersByTimeAsync(1000)
  expect(await outcome).toContain('database is locked')
  expect(endless.run).toHaveBeenCalledTimes(10)
})

test('a transaction with another error is not tried again', async () => {
  const { transaction, run } = failing(1, new TypeError('value too large'))
  await expect(commit(transaction)).rejects.toThrow('value too large')
  expect(run).toHaveBeenCalledOnce()
})
