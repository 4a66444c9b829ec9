import type { TokenStore } from '../store.ts'
import { assert } from './assert.ts'
import { lifetimeChecks } from './lifetime-checks.ts'
import { lockChecks } from './lock-checks.ts'
import { replaceChecks, replaceLifetimeCheck } from './replace-checks.ts'
import { siblingCheck, storeChecks } from './store-checks.ts'
import { storeSubject, type StoreCheck } from './store-subject.ts'
import type { Test } from './test.ts'

/** The options of {@link testTokenStore}. */
export type TokenStoreTestOptions = {
  /**
   * Advances the time that the store uses for lifetimes, in milliseconds. It can use fake timers.
   *
   * @defaultValue None: the end of lifetimes is not tested.
   */
  readonly advance?: ((ms: number) => unknown) | undefined
  /**
   * Makes another store with the same data, as in another process. Each store must read the entries of the other, and a
   * lock must exclude the other.
   *
   * @defaultValue None: the store is tested alone.
   */
  readonly sibling?: ((store: TokenStore) => TokenStore | Promise<TokenStore>) | undefined
  /**
   * Whether the store must have a `lock`.
   *
   * @defaultValue `false`: a `lock` is tested if there is one.
   */
  readonly hasLock?: boolean | undefined
  /**
   * Whether the store must have a `replace`.
   *
   * @defaultValue `false`: a `replace` is tested if there is one.
   */
  readonly hasReplace?: boolean | undefined
  /**
   * Called with the store after each test, even a failed one: to close a connection, or to remove remaining entries.
   */
  readonly cleanUp?: ((store: TokenStore) => unknown) | undefined
  /**
   * How long an operation may take, and how long a caller may wait for a free lock, in milliseconds.
   *
   * @defaultValue 2000
   */
  readonly timeoutMs?: number | undefined
}

/**
 * Registers the tests that every {@link TokenStore} must pass.
 *
 * Lifetimes are tested only with `advance`. A `replace` and a `lock` are tested if there is one. The tests of locks use the platform's own
 * timers, even if fake timers replace them after this module was loaded.
 *
 * @param test - the `test` function of the test runner.
 * @param create - makes an empty store. It runs for each test.
 * @example
 * ```ts
 * import type { Token } from '@oauthkit/core'
 * import { testTokenStore, type Test } from '@oauthkit/core/testing'
 *
 * // With your test runner: `import { test } from 'vitest'`, then `testMap(test)`.
 * export const testMap = (test: Test) => testTokenStore(test, () => new Map<string, Token>())
 * ```
 */
export function testTokenStore(
  test: Test,
  create: () => TokenStore | Promise<TokenStore>,
  options: TokenStoreTestOptions = {},
): void {
  const { advance, sibling, hasLock, hasReplace, cleanUp, timeoutMs = 2000 } = options
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
  if (hasReplace) register(['there is a replace', async ({ replace }) => assert(replace, 'the store has no replace')])
  for (const check of replaceChecks) register(check)
  if (advance) register(replaceLifetimeCheck(advance))
  if (hasLock) register(['there is a lock', async ({ lock }) => assert(lock, 'the store has no lock')])
  for (const check of lockChecks) register(check)
}
