import type { TokenStore } from '@oauthkit/core'

/** The methods of a KV namespace that the store uses. A binding of Cloudflare Workers has them. */
export type WorkersKv = {
  /** Reads a value. Returns `null` if there is no value. */
  get(key: string, type: 'json'): Promise<unknown>
  /** Writes a value. It expires after `expirationTtl` whole seconds, 60 or more. */
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<unknown>
  /** Removes a value. */
  delete(key: string): Promise<unknown>
}

/**
 * Creates a store that keeps tokens in a KV namespace of Cloudflare Workers.
 *
 * KV is eventually consistent. It has no lock, and no write with a condition, so the store has no `replace`. Do not keep a refresh token that rotates in it.
 *
 * @throws `TypeError` if `namespace` is not a KV namespace. The methods of the store reject with the errors of KV.
 * @example
 * ```ts
 * import { orangeAuth } from '@oauthkit/orange'
 * import { workersKvStore, type WorkersKv } from '@oauthkit/workers-kv'
 * import ky from 'ky'
 *
 * // `TOKENS` is a KV namespace in `wrangler.jsonc`.
 * export const createApi = (env: { readonly TOKENS: WorkersKv }) =>
 *   ky.extend(orangeAuth({ store: workersKvStore(env.TOKENS) }))
 * ```
 */
export function workersKvStore(namespace: WorkersKv): TokenStore {
  const methods = ['get', 'put', 'delete'] as const
  if (!methods.every((name) => typeof (namespace as Partial<WorkersKv> | undefined)?.[name] === 'function'))
    throw new TypeError('workersKvStore needs a KV namespace: pass the binding from wrangler.jsonc, such as env.TOKENS')

  return {
    get: (key) => namespace.get(key, 'json'),
    set: (key, token, ttlMs) => {
      // KV accepts only whole seconds, 60 or more. Core checks the expiry in the token itself.
      const expirationTtl = ttlMs === undefined ? undefined : Math.max(Math.ceil(ttlMs / 1000), 60)
      return namespace.put(key, JSON.stringify(token), expirationTtl === undefined ? {} : { expirationTtl })
    },
    delete: (key) => namespace.delete(key),
  }
}
