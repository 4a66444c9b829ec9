import type { TokenStore } from '../store.ts'
import { assert, isSame } from './assert.ts'
import { timely } from './timely.ts'

/** A store under test: everything is asynchronous, and what never settles is an error. */
export type StoreSubject = {
  get(key: string): Promise<unknown>
  set(...parameters: Parameters<TokenStore['set']>): Promise<void>
  delete(key: string): Promise<void>
  readonly lock: TokenStore['lock']
}

/** What a suite checks of a store: a sentence, and the check. */
export type StoreCheck = readonly [
  name: string,
  check: (store: StoreSubject, sibling: StoreSubject, timeoutMs: number) => Promise<void>,
]

/** Makes the subject of a store, each operation of which may take `timeoutMs`. */
export function storeSubject(store: TokenStore, timeoutMs: number): StoreSubject {
  const settle = async (operation: 'get' | 'set' | 'delete', work: () => unknown): Promise<unknown> =>
    timely(Promise.resolve(work()), timeoutMs, `${operation} did not settle`)
  return {
    get: (key) => settle('get', () => store.get(key)),
    set: async (...parameters) => void (await settle('set', () => store.set(...parameters))),
    delete: async (key) => void (await settle('delete', () => store.delete(key))),
    lock: store.lock && ((...parameters) => store.lock!(...parameters)),
  }
}

/** Fails unless there is nothing under the key. */
export async function assertNothing(store: StoreSubject, key: string, when: string): Promise<void> {
  assert(isNothing(await store.get(key)), `get must give undefined or null ${when}`)
}

/** Fails unless what is under the key is the same as JSON. */
export async function assertStored(store: StoreSubject, key: string, expected: unknown, when: string): Promise<void> {
  const actual = await store.get(key)
  assert(!isNothing(actual), `get gives nothing ${when}`)
  assert(typeof actual === 'object', `get must give an object ${when}, not a ${typeof actual}`)
  assert(isSame(actual, expected), `get gives something else than what was set ${when}`)
}

/** Whether a store gave what stands for nothing. */
export const isNothing = (value: unknown): boolean => value === undefined || value === null
