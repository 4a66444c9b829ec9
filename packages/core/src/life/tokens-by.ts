import { createLru } from '../lru.ts'
import type { TokenSource } from '../token.ts'
import type { OwnTokenSource } from './token-source.ts'

/**
 * Returns a function that makes one token source for each key, such as a tenant or a user.
 *
 * ```ts
 * const tenants = tokensBy((tenant) => orangeTokens(credentialsOf(tenant)))
 * const client = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
 * ```
 *
 * Its `idle()` resolves when all these sources are idle. See {@link OwnTokenSource.idle}.
 *
 * @param create - makes the source of a key, when the key is first used and after its source was dropped.
 * @param options - `maxIdle`: how many sources are kept. Beyond that, the longest unused one is dropped. 10,000 by
 * default.
 */
export function tokensBy<Source extends TokenSource & Partial<Pick<OwnTokenSource, 'idle'>>>(
  create: (key: string) => Source,
  { maxIdle = 10_000 }: { readonly maxIdle?: number } = {},
): ((key: string) => Source) & Pick<OwnTokenSource, 'idle'> {
  const sourceOf = createLru(create, maxIdle)
  const idle = async () => {
    await Promise.all(Array.from(sourceOf.members.values(), async (source) => source.idle?.()))
  }
  return Object.assign((key: string) => sourceOf(key), { idle })
}
