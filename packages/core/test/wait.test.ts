import { expect, test, vi } from 'vitest'
import { abortable, withTimeout } from '../src/wait.ts'
import { deferred, errorOf } from './support.ts'

test('all callers that wait with one signal share one listener, which goes with the last of them', async () => {
  const caller = new AbortController()
  const add = vi.spyOn(caller.signal, 'addEventListener')
  const remove = vi.spyOn(caller.signal, 'removeEventListener')
  const { promise, resolve } = deferred<string>()
  const waits = Array.from({ length: 8000 }, () => abortable(promise, caller.signal))
  expect(add).toHaveBeenCalledOnce()
  expect(remove).not.toHaveBeenCalled()
  resolve('token')
  expect(new Set(await Promise.all(waits))).toEqual(new Set(['token']))
  expect(remove).toHaveBeenCalledOnce()
  expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1])
})

test('an abort ends all waits of its signal, and no other wait', async () => {
  const [caller, other] = [new AbortController(), new AbortController()]
  const { promise, resolve } = deferred<string>()
  const ended = Array.from({ length: 3 }, () => errorOf(abortable(promise, caller.signal)))
  const kept = abortable(promise, other.signal)
  caller.abort('over')
  expect(await Promise.all(ended)).toEqual(['over', 'over', 'over'])
  resolve('token')
  expect(await kept).toBe('token')
})

test('a wait that starts after the abort ends at once, and an error of its promise is handled', async () => {
  const signal = AbortSignal.abort('over')
  expect(await errorOf(abortable(Promise.reject(new Error('late')), signal))).toBe('over')
})

test('a signal whose waits have all ended gets a new listener for the next one', async () => {
  const caller = new AbortController()
  expect(await abortable(Promise.resolve(1), caller.signal)).toBe(1)
  await new Promise((resolve) => setTimeout(resolve))
  const error = errorOf(abortable(new Promise(() => {}), caller.signal))
  caller.abort('over')
  expect(await error).toBe('over')
})

test('a timer that fires more than 500 ms late proves nothing: the wait continues for 250 ms', async () => {
  vi.useFakeTimers({ now: 0 })
  const late = () => 'late'
  const { promise, resolve } = deferred<string>()
  const frozen = withTimeout(promise, 1000, late)
  vi.setSystemTime(5000)
  await vi.advanceTimersByTimeAsync(1000)
  resolve('arrived')
  expect(await frozen).toBe('arrived')

  let result: string | undefined
  void withTimeout(new Promise<string>(() => {}), 1000, late).then((value) => (result = value))
  vi.setSystemTime(Date.now() + 60_000)
  await vi.advanceTimersByTimeAsync(1249)
  expect(result).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(result).toBe('late')
  vi.useRealTimers()
})

test('a timer that fires up to 500 ms late ends the wait', async () => {
  vi.useFakeTimers({ now: 0 })
  const ended = withTimeout(new Promise<string>(() => {}), 1000, () => 'late')
  vi.setSystemTime(500)
  await vi.advanceTimersByTimeAsync(1000)
  expect(await ended).toBe('late')
  vi.useRealTimers()
})
