import { createClient } from 'redis'
import { afterAll } from 'vitest'
import type { RunningRedis } from '../../../config/start-redis.ts'

const open: { isOpen: boolean; destroy: () => void }[] = []

afterAll(() => {
  for (const client of open.splice(0)) if (client.isOpen) client.destroy()
})

/** Connects a client that looks into Redis. It is closed after the tests. */
export async function connectAdmin({ url }: Pick<RunningRedis, 'url'>, { RESP = 3 }: { RESP?: 2 | 3 } = {}) {
  // Clients with RESP 2 and 3 have different types, but the methods used here are the same in both.
  const client = createClient({ url, RESP: RESP as 3 })
  client.on('error', () => {})
  await client.connect()
  open.push(client)
  return client
}

export type Connection = Awaited<ReturnType<typeof connectAdmin>>
