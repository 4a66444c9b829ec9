import { createLru } from '../lru.ts'
import type { TokenSource } from '../token.ts'

/**
 * Returns a function that makes one token source for each key, such as a tenant or a user.
 *
 * ```ts
 * const tenants = tokensBy((tenant) => orangeTokens(credentialsOf(tenant)))
 * const client = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
 * ```
 *
 * @param create - makes the source of a key, when the key is first used and after its source was dropped.
 * @param options - `maxIdle`: how many sources are kept. Beyond that, the longest unused one is dropped. 10,000 by
 * default.
 */
export function tokensBy<Source extends TokenSource>(
  create: (key: string) => Source,
  { maxIdle = 10_000 }: { readonly maxIdle?: number } = {},
): (key: string) => Source {
  return createLru(create, maxIdle)
}
