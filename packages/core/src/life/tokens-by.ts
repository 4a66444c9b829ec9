import { createLru } from '../lru.ts'
import type { TokenSource } from '../token.ts'

/**
 * Makes one token source for each key, a tenant's or a user's say.
 *
 * ```ts
 * const tenants = tokensBy((tenant) => orangeTokens(credentialsOf(tenant)))
 * const client = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
 * ```
 *
 * @param create - makes the source of a key, when it is first asked for and after it was dropped.
 * @param options - `maxIdle`: how many sources are kept; beyond that, the longest unused is dropped. 10,000 by default.
 */
export function tokensBy<Source extends TokenSource>(
  create: (key: string) => Source,
  { maxIdle = 10_000 }: { readonly maxIdle?: number } = {},
): (key: string) => Source {
  return createLru(create, maxIdle)
}
