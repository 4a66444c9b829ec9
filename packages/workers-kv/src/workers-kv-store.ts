import type { TokenStore } from '@oauthkit/core'

/** What is needed of a KV namespace: a binding of Cloudflare Workers has it. */
export type WorkersKv = {
  /** Reads a value; `null` if there is none. */
  get(key: string, type: 'json'): Promise<unknown>
  /** Writes a value, for so many whole seconds, 60 or more. */
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<unknown>
  /** Removes a value. */
  delete(key: string): Promise<unknown>
}

/**
 * Makes a store of tokens in a KV namespace of Cloudflare Workers.
 *
 * KV is eventually consistent, and has no lock: a refresh token that rotates does not belong there.
 *
 * @throws `TypeError` if it is given no namespace. Its methods reject with the errors of KV.
 */
export function workersKvStore(namespace: WorkersKv): TokenStore {
  const methods = ['get', 'put', 'delete'] as const
  if (!methods.every((name) => typeof (namespace as Partial<WorkersKv> | undefined)?.[name] === 'function'))
    throw new TypeError(
      'workersKvStore needs a KV namespace: the binding that wrangler.jsonc names, such as env.TOKENS',
    )

  return {
    get: (key) => namespace.get(key, 'json'),
    set: (key, token, ttlMs) => {
      // KV takes whole seconds only, and no fewer than 60. Core looks at the token's own end.
      const expirationTtl = ttlMs === undefined ? undefined : Math.max(Math.ceil(ttlMs / 1000), 60)
      return namespace.put(key, JSON.stringify(token), expirationTtl === undefined ? {} : { expirationTtl })
    },
    delete: (key) => namespace.delete(key),
  }
}
