import { createTokenSource } from '@oauthkit/core'
import { createClient } from 'redis'
import { redisStore } from '../src/index.ts'
import { example } from '../test/example.ts'

/** Creates a token endpoint that answers after a delay, as a `fetch` function. */
export function createTokenEndpoint(delayMs: number) {
  let requests = 0
  const fetch = async () => {
    requests += 1
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    return Response.json({ access_token: 'x'.repeat(1000), expires_in: 3600 })
  }
  return { fetch, requests: () => requests }
}

/** Creates the token source of one instance, with its own connection to Redis or without a store. */
export async function createInstance(endpoint: { fetch: typeof fetch }, url?: string, key?: string) {
  const client = url === undefined ? undefined : createClient({ url })
  await client?.connect()
  const source = createTokenSource({
    ...example,
    fetch: endpoint.fetch,
    // Many instances in one process are slower than many processes.
    storeTimeoutMs: 10_000,
    ...(client && { store: redisStore(client) }),
    ...(key !== undefined && { key }),
  })
  return { source, end: () => client?.destroy() }
}
