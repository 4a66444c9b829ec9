import { createLru } from '../lru.ts'
import type { TokenSource } from '../token.ts'
import type { OwnTokenSource } from './token-source.ts'

/** How many dropped sources `idle` also waits for. */
const maxDropped = 1000

/**
 * Returns a function that makes one token source for each key, such as a tenant or a user.
 *
 * Its `idle()` resolves when all these sources are idle, and the last 1,000 that were dropped. See `idle` of {@link OwnTokenSource}.
 *
 * @param create - makes the source of a key, when the key is first used and after its source was dropped.
 * @param options - `maxIdle`: how many sources are kept. Beyond that, the longest unused one is dropped. 10,000 by
 * default.
 * @example
 * ```ts
 * import { tokensBy } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * const tenants = tokensBy((tenant) => orangeTokens({ clientId: tenant, clientSecret: `secret of ${tenant}` }))
 * export const getTokenOf = (tenant: string) => tenants(tenant).getToken()
 * ```
 */
export function tokensBy<Source extends TokenSource & Partial<Pick<OwnTokenSource, 'idle'>>>(
  create: (key: string) => Source,
  { maxIdle = 10_000 }: { readonly maxIdle?: number } = {},
): ((key: string) => Source) & Pick<OwnTokenSource, 'idle'> {
  /** The sources that were dropped last. They may not be idle yet. */
  const dropped = new Set<Source>()
  const onDrop = (source: Source) => {
    dropped.add(source)
    const [first] = dropped
    if (first && dropped.size > maxDropped) dropped.delete(first)
  }
  const sourceOf = createLru(create, maxIdle, undefined, onDrop)
  const idle = async () => {
    const sources = [...dropped, ...sourceOf.members.values()]
    await Promise.all(sources.map(async (source) => source.idle?.()))
    for (const source of sources) dropped.delete(source)
  }
  return Object.assign((key: string) => sourceOf(key), { idle })
}
