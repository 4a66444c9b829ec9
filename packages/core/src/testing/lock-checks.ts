import type { TokenStore } from '../store.ts'
import { assert } from './assert.ts'
import { assertStored, type StoreCheck, type StoreSubject } from './store-subject.ts'
import { createGate, pause, timely } from './timely.ts'

type Lock = NonNullable<TokenStore['lock']>
type LockCheck = (
  locks: { readonly lock: Lock; readonly other: Lock; readonly timeoutMs: number },
  store: StoreSubject,
) => Promise<void>

/** A store without a lock passes. */
const check =
  (work: LockCheck): StoreCheck[1] =>
  async (store, sibling, timeoutMs) => {
    const { lock } = store
    if (lock) await work({ lock, other: sibling.lock ?? lock, timeoutMs }, store)
  }

/** How long to wait for something that must not happen, in milliseconds. */
const aWhile = 30

/** Holds a lock while other work runs. The lock is released at the end, even if that work fails. */
async function whileHeld(lock: Lock, key: string, timeoutMs: number, work: () => Promise<void>): Promise<void> {
  const started = createGate()
  const done = createGate()
  const holder = lock(key, async () => {
    started.open()
    await done.opened
  })
  const settled = () => timely(holder, timeoutMs, 'lock did not settle after its work')
  try {
    await timely(Promise.race([started.opened, holder]), timeoutMs, 'a caller did not get a free lock')
    await work()
  } catch (error) {
    done.open()
    await settled().catch(() => {})
    throw error
  }
  done.open()
  await settled()
}

/** The checks of a lock, if there is one. */
export const lockChecks: readonly StoreCheck[] = [
  [
    'lock runs its work once and returns its result',
    check(async ({ lock, timeoutMs }) => {
      let runs = 0
      const result = { value: 'of the work' }
      const work = async () => {
        runs += 1
        return result
      }
      const value = await timely(lock('key', work), timeoutMs, 'lock did not settle')
      assert(value === result, 'lock must return the result of its work')
      assert(runs === 1, `lock ran its work ${runs} times`)
    }),
  ],
  [
    'lock rejects with the error of its work, and is released',
    check(async ({ lock, other, timeoutMs }) => {
      const failure = new Error('of the work')
      const outcome = lock('key', () => Promise.reject(failure)).catch((error: unknown) => error)
      const error = await timely(outcome, timeoutMs, 'lock did not settle')
      assert(error === failure, 'lock must reject with the same error as its work')
      await timely(
        other('key', async () => {}),
        timeoutMs,
        'a caller did not get the lock after work that failed',
      )
    }),
  ],
  [
    'lock runs only one work under a key at a time',
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
        'not all waiting callers got the lock',
      )
      const failed = results.find(({ status }) => status === 'rejected')
      assert(!failed, `a caller that waited for the lock failed: ${String((failed as PromiseRejectedResult)?.reason)}`)
      assert(most === 1, `${most} callers ran work under one key at the same time`)
    }),
  ],
  [
    'a waiting caller gets the lock after the holder releases it',
    check(async ({ lock, other, timeoutMs }) => {
      let hasRun = false
      let waiter: Promise<void> | undefined
      await whileHeld(lock, 'key', timeoutMs, async () => {
        waiter = other('key', async () => {
          hasRun = true
        })
        // Its failure is checked below.
        waiter.catch(() => {})
        await pause(aWhile)
        assert(!hasRun, 'the work of a waiting caller ran while the lock was held')
      })
      await timely(waiter ?? Promise.resolve(), timeoutMs, 'a waiting caller did not get the released lock')
      assert(hasRun, 'lock settled without running its work')
    }),
  ],
  [
    'a waiting caller gets the result of its work, or of reread instead',
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
          // Its failure is checked below.
          waiter.catch(() => {})
          await pause(aWhile)
        })
        const value = await timely(
          waiter ?? Promise.resolve(result),
          timeoutMs,
          'the lock of a waiting caller with reread did not settle',
        )
        const isRight = runs === 0 ? found !== undefined && value === found : runs === 1 && value === result
        assert(isRight, 'lock must return the result of its work, or that of reread without the work')
      }
    }),
  ],
  [
    'lock does not block another key',
    check(({ lock, other, timeoutMs }) =>
      whileHeld(lock, 'key', timeoutMs, () =>
        timely(
          other('other key', async () => {}),
          timeoutMs,
          'a caller did not get the lock of another key',
        ),
      ),
    ),
  ],
  [
    'lock does not block get, set or delete',
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
    'lock gives its work a signal that is not aborted while the lock is held',
    check(async ({ lock, timeoutMs }) => {
      const work: Parameters<Lock>[1] = async (lease) => {
        const isHeld = () => (lease as Partial<typeof lease> | undefined)?.signal?.aborted === false
        assert(isHeld(), 'the work must get a lease with a signal that is not aborted')
        await pause(aWhile)
        assert(isHeld(), 'the signal was aborted though the lock was held')
      }
      await timely(lock('key', work), timeoutMs, 'lock did not settle')
    }),
  ],
]
