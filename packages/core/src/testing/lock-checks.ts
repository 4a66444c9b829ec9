import type { TokenStore } from '../store.ts'
import { assert } from './assert.ts'
import { assertStored, type StoreCheck, type StoreSubject } from './store-subject.ts'
import { createGate, pause, timely } from './timely.ts'

type Lock = NonNullable<TokenStore['lock']>
type LockCheck = (
  locks: { readonly lock: Lock; readonly other: Lock; readonly timeoutMs: number },
  store: StoreSubject,
) => Promise<void>

/** A store without a lock passes: nothing is asked of it. */
const check =
  (work: LockCheck): StoreCheck[1] =>
  async (store, sibling, timeoutMs) => {
    const { lock } = store
    if (lock) await work({ lock, other: sibling.lock ?? lock, timeoutMs }, store)
  }

/** How long to wait for what must not happen, in milliseconds. */
const aWhile = 30

/** Holds a lock while something else is done; afterwards it is free again, whatever came of that. */
async function whileHeld(lock: Lock, key: string, timeoutMs: number, work: () => Promise<void>): Promise<void> {
  const started = createGate()
  const done = createGate()
  const holder = lock(key, async () => {
    started.open()
    await done.opened
  })
  const settled = () => timely(holder, timeoutMs, 'lock did not settle though its work had')
  try {
    await timely(Promise.race([started.opened, holder]), timeoutMs, 'a free lock was not given')
    await work()
  } catch (error) {
    done.open()
    await settled().catch(() => {})
    throw error
  }
  done.open()
  await settled()
}

/** What is checked of a lock, where there is one. */
export const lockChecks: readonly StoreCheck[] = [
  [
    'lock runs the work once and gives what comes of it',
    check(async ({ lock, timeoutMs }) => {
      let runs = 0
      const result = { value: 'of the work' }
      const work = async () => {
        runs += 1
        return result
      }
      const value = await timely(lock('key', work), timeoutMs, 'lock did not settle')
      assert(value === result, 'lock must give what its work gave')
      assert(runs === 1, `lock ran its work ${runs} times`)
    }),
  ],
  [
    'lock passes on the error of its work, and is free again',
    check(async ({ lock, other, timeoutMs }) => {
      const failure = new Error('of the work')
      const outcome = lock('key', () => Promise.reject(failure)).catch((error: unknown) => error)
      const error = await timely(outcome, timeoutMs, 'lock did not settle')
      assert(error === failure, 'lock must fail with the very error of its work')
      await timely(
        other('key', async () => {}),
        timeoutMs,
        'after work that failed, the lock was not given',
      )
    }),
  ],
  [
    'lock lets only one work under a key at a time',
    check(async ({ lock, other, timeoutMs }) => {
      let inside = 0
      let most = 0
      const work = async () => {
        inside += 1
        most = Math.max(most, inside)
        await pause(3)
        inside -= 1
      }
      const all = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? lock : other)('key', work))
      const results = await timely(
        Promise.allSettled(all),
        all.length * timeoutMs,
        'those who wait for the lock did not all get it',
      )
      const failed = results.find(({ status }) => status === 'rejected')
      assert(!failed, `one of those who wait for the lock failed: ${String((failed as PromiseRejectedResult)?.reason)}`)
      assert(most === 1, `${most} worked under one key at the same time`)
    }),
  ],
  [
    'lock lets a waiter in once the holder is done',
    check(async ({ lock, other, timeoutMs }) => {
      let hasRun = false
      let waiter: Promise<void> | undefined
      await whileHeld(lock, 'key', timeoutMs, async () => {
        waiter = other('key', async () => {
          hasRun = true
        })
        // Its failure is looked at below.
        waiter.catch(() => {})
        await pause(aWhile)
        assert(!hasRun, 'a waiter ran while the lock was held')
      })
      await timely(waiter ?? Promise.resolve(), timeoutMs, 'a waiter did not get the lock once it was free')
      assert(hasRun, 'lock settled without having run its work')
    }),
  ],
  [
    'lock gives a waiter what comes of its work, or what it read again instead',
    check(async ({ lock, other, timeoutMs }) => {
      for (const found of [undefined, { read: 'again' }]) {
        const result = { value: 'of the work' }
        let runs = 0
        let waiter: Promise<object> | undefined
        const work = async (): Promise<object> => {
          runs += 1
          return result
        }
        await whileHeld(lock, 'key', timeoutMs, async () => {
          waiter = other('key', work, async () => found)
          // Its failure is looked at below.
          waiter.catch(() => {})
          await pause(aWhile)
        })
        const value = await timely(
          waiter ?? Promise.resolve(result),
          timeoutMs,
          'a waiter that reads again did not settle',
        )
        const isRight = runs === 0 ? found !== undefined && value === found : runs === 1 && value === result
        assert(isRight, 'lock must give what its work gave, or what was read again without the work')
      }
    }),
  ],
  [
    'lock holds up nobody under another key',
    check(({ lock, other, timeoutMs }) =>
      whileHeld(lock, 'key', timeoutMs, () =>
        timely(
          other('other key', async () => {}),
          timeoutMs,
          'the lock of another key was not given',
        ),
      ),
    ),
  ],
  [
    'lock holds up no get, set or delete',
    check(async ({ lock, timeoutMs }, store) => {
      const token = Object.freeze({ accessToken: 'token' })
      const work = async () => {
        await store.set('key', token)
        await assertStored(store, 'key', token, 'inside the lock')
        await store.delete('key')
      }
      await timely(lock('key', work), 4 * timeoutMs, 'lock did not settle')
    }),
  ],
  [
    'lock gives its work a signal that is not aborted while it lasts',
    check(async ({ lock, timeoutMs }) => {
      const work: Parameters<Lock>[1] = async (lease) => {
        const isHeld = () => (lease as Partial<typeof lease> | undefined)?.signal?.aborted === false
        assert(isHeld(), 'the work must be given a lease with a signal that is not aborted')
        await pause(aWhile)
        assert(isHeld(), 'the signal was aborted though the lock was held')
      }
      await timely(lock('key', work), timeoutMs, 'lock did not settle')
    }),
  ],
]
