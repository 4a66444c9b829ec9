import type { TokenStore } from '../store.ts'
import { assert } from './assert.ts'
import { lifetimeChecks } from './lifetime-checks.ts'
import { lockChecks } from './lock-checks.ts'
import { siblingCheck, storeChecks } from './store-checks.ts'
import { storeSubject, type StoreCheck } from './store-subject.ts'
import type { Test } from './test.ts'

/** What {@link testTokenStore} should know of a store. */
export type TokenStoreTestOptions = {
  /**
   * Moves the time that the store's lifetimes go by, in milliseconds, with fake timers say.
   *
   * @defaultValue None: that lifetimes end, and when, is not tested.
   */
  readonly advance?: ((ms: number) => unknown) | undefined
  /**
   * Makes another store over the same data, as another process has it. What one wrote must be there for the other, and a
   * lock must keep the two apart.
   *
   * @defaultValue None: the store is tested alone.
   */
  readonly sibling?: ((store: TokenStore) => TokenStore | Promise<TokenStore>) | undefined
  /**
   * Whether the store must have a `lock`.
   *
   * @defaultValue `false`: a `lock` is tested where there is one.
   */
  readonly hasLock?: boolean | undefined
  /** Called with the store after each test, whether it passed or failed: to close a connection, or to remove what is left. */
  readonly cleanUp?: ((store: TokenStore) => unknown) | undefined
  /**
   * How long an operation may take, and how long a free lock may be waited for, in milliseconds.
   *
   * @defaultValue 2000
   */
  readonly timeoutMs?: number | undefined
}

/**
 * Registers the tests that every {@link TokenStore} must pass.
 *
 * Lifetimes are tested with `advance` only, locks where there is one. Locks are tested by the platform's own timers, even
 * if they are replaced by fake ones after this module was loaded.
 *
 * @param test - the test runner's.
 * @param create - makes a store with nothing in it, once for each test.
 */
export function testTokenStore(
  test: Test,
  create: () => TokenStore | Promise<TokenStore>,
  options: TokenStoreTestOptions = {},
): void {
  const { advance, sibling, hasLock, cleanUp, timeoutMs = 2000 } = options
  const register = ([name, check]: StoreCheck): void => {
    test(name, async () => {
      const store = await create()
      try {
        const subject = storeSubject(store, timeoutMs)
        await check(subject, sibling ? storeSubject(await sibling(store), timeoutMs) : subject, timeoutMs)
      } finally {
        await cleanUp?.(store)
      }
    })
  }

  for (const check of storeChecks) register(check)
  if (sibling) register(siblingCheck)
  if (advance) for (const check of lifetimeChecks(advance)) register(check)
  if (hasLock) register(['there is a lock', async ({ lock }) => assert(lock, 'the store has no lock')])
  for (const check of lockChecks) register(check)
}
