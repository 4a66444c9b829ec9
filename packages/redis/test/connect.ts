import { createClient } from 'redis'
import { afterAll } from 'vitest'
import type { RunningRedis } from '../../../config/start-redis.ts'

const open: { isOpen: boolean; destroy: () => void }[] = []

afterAll(() => {
  for (const client of open.splice(0)) if (client.isOpen) client.destroy()
})

/** A client of a Redis, as an application has it: it connects again when it lost Redis. It is closed after the tests. */
export async function connect({ url }: Pick<RunningRedis, 'url'>, { RESP = 3 }: { RESP?: 2 | 3 } = {}) {
  // The two have types of their own, but what is used here is the same in both.
  const client = createClient({ url, RESP: RESP as 3 })
  client.on('error', () => {})
  await client.connect()
  open.push(client)
  return client
}

export type Connection = Awaited<ReturnType<typeof connect>>
