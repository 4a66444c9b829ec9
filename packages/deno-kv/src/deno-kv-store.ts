import type { TokenStore } from '@oauthkit/core'
import { commit } from './commit.ts'

/** The methods of a Deno KV database that the store uses. `Deno.openKv()` and, on Node, `@deno/kv` open a database. */
export type DenoKv = {
  /** Reads an entry. Its value and its version are `null` if there is no entry. */
  get(key: readonly string[]): Promise<{
    /** The value. */
    readonly value: unknown
    /** The version, which changes with each write. */
    readonly versionstamp: string | null
  }>
  /** Writes an entry. It expires after `expireIn` whole milliseconds. */
  set(key: readonly string[], value: unknown, options?: { expireIn?: number }): Promise<unknown>
  /** Removes an entry. */
  delete(key: readonly string[]): Promise<unknown>
  /** Starts a transaction, which writes only if its checks pass. */
  atomic(): DenoKvTransaction
}

/** The methods of a transaction of Deno KV that the store uses. */
export type DenoKvTransaction = {
  /** The transaction fails if the entry has another version. */
  check(entry: { key: readonly string[]; versionstamp: string | null }): DenoKvTransaction
  /** Writes an entry, as `set` of the database does. */
  set(key: readonly string[], value: unknown, options?: { expireIn?: number }): DenoKvTransaction
  /** Runs the transaction. Returns whether its checks passed. */
  commit(): Promise<{
    /** Whether the checks passed. */
    readonly ok: boolean
  }>
}

/**
 * Creates a store that keeps tokens in Deno KV.
 *
 * You own the database: you open it and close it. The key of an entry is `['oauthkit', key]`. Deno KV refuses entries
 * above 64 KiB.
 *
 * @throws `TypeError` if `kv` is not a database. The methods of the store reject with the errors of Deno KV.
 * @example
 * ```ts
 * import { denoKvStore, type DenoKv } from '@oauthkit/deno-kv'
 * import { orangeAuth } from '@oauthkit/orange'
 * import ky from 'ky'
 *
 * // On Deno: `createApi(await Deno.openKv())`.
 * export const createApi = (kv: DenoKv) => ky.extend(orangeAuth({ store: denoKvStore(kv) }))
 * ```
 */
export function denoKvStore(kv: DenoKv): Required<Omit<TokenStore, 'lock'>> {
  const methods = ['get', 'set', 'delete', 'atomic'] as const
  if (!methods.every((name) => typeof (kv as Partial<DenoKv> | undefined)?.[name] === 'function'))
    throw new TypeError('denoKvStore needs a database: await Deno.openKv()')
  const place = (key: string) => ['oauthkit', key]
  // Deno KV accepts only whole milliseconds.
  const expiry = (ttlMs: number | undefined) => (ttlMs === undefined ? {} : { expireIn: Math.ceil(ttlMs) })

  return {
    get: async (key) => (await kv.get(place(key))).value,
    set: (key, token, ttlMs) => kv.set(place(key), token, expiry(ttlMs)),
    delete: (key) => kv.delete(place(key)),
    replace: async (key, isExpected, next, ttlMs) => {
      const { value, versionstamp } = await kv.get(place(key))
      if (!isExpected(value)) return false
      const transaction = kv.atomic().check({ key: place(key), versionstamp })
      return commit(transaction.set(place(key), next, expiry(ttlMs)))
    },
  }
}
