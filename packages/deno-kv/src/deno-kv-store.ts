import type { TokenStore } from '@oauthkit/core'

/** What is needed of a Deno KV database: `Deno.openKv()` gives one, and so does the package `@deno/kv` on Node. */
export type DenoKv = {
  /** Reads an entry; its value is `null` if there is none. */
  get(key: readonly string[]): Promise<{ readonly value: unknown }>
  /** Writes an entry, for so many whole milliseconds. */
  set(key: readonly string[], value: unknown, options?: { expireIn?: number }): Promise<unknown>
  /** Removes an entry. */
  delete(key: readonly string[]): Promise<unknown>
}

/**
 * Makes a store of tokens in Deno KV.
 *
 * The database is yours: open it, and close it. Entries are under `['oauthkit', key]`; Deno KV refuses those above 64 KiB.
 *
 * @throws `TypeError` if it is given no database. Its methods reject with the errors of Deno KV.
 */
export function denoKvStore(kv: DenoKv): TokenStore {
  const methods = ['get', 'set', 'delete'] as const
  if (!methods.every((name) => typeof (kv as Partial<DenoKv> | undefined)?.[name] === 'function'))
    throw new TypeError('denoKvStore needs a database: await Deno.openKv()')
  const place = (key: string) => ['oauthkit', key]

  return {
    get: async (key) => (await kv.get(place(key))).value,
    // Deno KV takes whole milliseconds only.
    set: (key, token, ttlMs) => kv.set(place(key), token, ttlMs === undefined ? {} : { expireIn: Math.ceil(ttlMs) }),
    delete: (key) => kv.delete(place(key)),
  }
}
