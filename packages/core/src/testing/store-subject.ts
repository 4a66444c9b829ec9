import type { TokenStore } from '../store.ts'
import { assert, isSame } from './assert.ts'
import { timely } from './timely.ts'

/** A store under test. Each operation is asynchronous, and fails if it does not settle in time. */
export type StoreSubject = {
  get(key: string): Promise<unknown>
  set(...parameters: Parameters<TokenStore['set']>): Promise<void>
  delete(key: string): Promise<void>
  readonly replace: TokenStore['replace']
  readonly lock: TokenStore['lock']
}

/** A check of a store: its name is a sentence. */
export type StoreCheck = readonly [
  name: string,
  check: (store: StoreSubject, sibling: StoreSubject, timeoutMs: number) => Promise<void>,
]

/** Makes the subject of a store. Each operation may take `timeoutMs`. */
export function storeSubject(store: TokenStore, timeoutMs: number): StoreSubject {
  const settle = async <T>(operation: 'get' | 'set' | 'delete' | 'replace', work: () => T): Promise<Awaited<T>> =>
    timely(Promise.resolve(work()), timeoutMs, `${operation} did not settle`)
  return {
    get: (key) => settle('get', () => store.get(key)),
    set: async (...parameters) => void (await settle('set', () => store.set(...parameters))),
    delete: async (key) => void (await settle('delete', () => store.delete(key))),
    replace: store.replace && ((...parameters) => settle('replace', () => store.replace!(...parameters))),
    lock: store.lock && ((...parameters) => store.lock!(...parameters)),
  }
}

/** Fails if there is an entry under the key. */
export async function assertNothing(store: StoreSubject, key: string, when: string): Promise<void> {
  assert(isNothing(await store.get(key)), `get must return undefined or null ${when}`)
}

/** Fails unless the entry under the key is the same as JSON. */
export async function assertStored(store: StoreSubject, key: string, expected: unknown, when: string): Promise<void> {
  const actual = await store.get(key)
  assert(!isNothing(actual), `get returns nothing ${when}`)
  assert(typeof actual === 'object', `get must return an object ${when}, not a ${typeof actual}`)
  assert(isSame(actual, expected), `get returns a different value ${when}`)
}

/** Whether a store returned a value that stands for a missing entry. */
export const isNothing = (value: unknown): boolean => value === undefined || value === null
