import { createTokenSource } from '@oauthkit/core'
import { createClient } from 'redis'
import { redisStore } from '../src/index.ts'
import { example } from '../test/example.ts'

/** A token endpoint that takes its time, as a `fetch`. */
export function createTokenEndpoint(delayMs: number) {
  let requests = 0
  const fetch = async () => {
    requests += 1
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    return Response.json({ access_token: 'x'.repeat(1000), expires_in: 3600 })
  }
  return { fetch, requests: () => requests }
}

/** Makes a source of tokens as an instance has it, over a connection of its own, or without a store. */
export async function createInstance(endpoint: { fetch: typeof fetch }, url?: string, key?: string) {
  const client = url === undefined ? undefined : createClient({ url })
  await client?.connect()
  const source = createTokenSource({
    ...example,
    fetch: endpoint.fetch,
    // A crowd in one process is slower than one of processes.
    storeTimeoutMs: 10_000,
    ...(client && { store: redisStore(client) }),
    ...(key !== undefined && { key }),
  })
  return { source, end: () => client?.destroy() }
}
