import type { TokenStore } from '@oauthkit/core'

/** The methods of a Deno KV database that the store uses. `Deno.openKv()` and, on Node, `@deno/kv` open a database. */
export type DenoKv = {
  /** Reads an entry. Its value is `null` if there is no entry. */
  get(key: readonly string[]): Promise<{ readonly value: unknown }>
  /** Writes an entry. It expires after `expireIn` whole milliseconds. */
  set(key: readonly string[], value: unknown, options?: { expireIn?: number }): Promise<unknown>
  /** Removes an entry. */
  delete(key: readonly string[]): Promise<unknown>
}

/**
 * Creates a store that keeps tokens in Deno KV.
 *
 * You own the database: you open it and close it. The key of an entry is `['oauthkit', key]`. Deno KV refuses entries
 * above 64 KiB.
 *
 * @throws `TypeError` if `kv` is not a database. The methods of the store reject with the errors of Deno KV.
 */
export function denoKvStore(kv: DenoKv): TokenStore {
  const methods = ['get', 'set', 'delete'] as const
  if (!methods.every((name) => typeof (kv as Partial<DenoKv> | undefined)?.[name] === 'function'))
    throw new TypeError('denoKvStore needs a database: await Deno.openKv()')
  const place = (key: string) => ['oauthkit', key]

  return {
    get: async (key) => (await kv.get(place(key))).value,
    // Deno KV accepts only whole milliseconds.
    set: (key, token, ttlMs) => kv.set(place(key), token, ttlMs === undefined ? {} : { expireIn: Math.ceil(ttlMs) }),
    delete: (key) => kv.delete(place(key)),
  }
}
