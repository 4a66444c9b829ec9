import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Addresses, Behaviour, Counts, Order } from './behaviour.ts'

/** A token endpoint and an API that run in another process. */
export type Servers = Addresses & {
  readonly set: (behaviour: Partial<Behaviour>) => Promise<void>
  readonly count: () => Promise<Counts>
  /** Counts from zero. */
  readonly reset: () => Promise<void>
  readonly revoke: () => Promise<void>
  readonly stop: () => void
}

/** Starts the servers. They end with this process. */
export async function startServers(): Promise<Servers> {
  const child = fork(new URL('server.ts', import.meta.url), { execArgv: [] })
  const answer = async () => ((await once(child, 'message')) as [unknown])[0]
  const addresses = (await answer()) as Addresses
  const send = async (order: Order) => {
    const answered = answer()
    child.send(order)
    return answered
  }
  return {
    ...addresses,
    set: async (behaviour) => void (await send({ to: 'set', behaviour })),
    count: async () => (await send({ to: 'count' })) as Counts,
    reset: async () => void (await send({ to: 'reset' })),
    revoke: async () => void (await send({ to: 'revoke' })),
    stop: () => child.disconnect(),
  }
}
