import { createClient } from 'redis'
import { createInstance, createTokenEndpoint } from './fleet-of-sources.ts'

/** The commands that Redis receives, and the bytes that pass in and out. */
export type Load = {
  readonly commands: Readonly<Record<string, number>>
  readonly bytesIn: number
  readonly bytesOut: number
}

/** How many instances start at the same time, with a token endpoint that takes one second. */
const crowd = 500

/** Counts commands and bytes for a renewal, for an adoption, and for many instances that start at the same time. */
export async function countCommands(url: string) {
  const client = createClient({ url })
  await client.connect()
  const number = (text: string, name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1])

  const count = async (work: () => Promise<unknown>, per = 1): Promise<Load> => {
    await client.configResetStat()
    await work()
    const commands = [...(await client.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
      // The measurement itself sends these commands.
      .filter(([, name = '']) => !['config|resetstat', 'info'].includes(name))
      .map(([, name = '', calls]): [string, number] => [name, Number(calls) / per])
    const stats = await client.info('stats')
    const bytes = (direction: string) => Math.round(number(stats, `total_net_${direction}_bytes`) / per)
    return { commands: Object.fromEntries(commands), bytesIn: bytes('input'), bytesOut: bytes('output') }
  }

  const endpoint = createTokenEndpoint(0)
  await client.flushAll()
  const [first, second] = [await createInstance(endpoint, url, 'one'), await createInstance(endpoint, url, 'one')]
  const renewal = await count(() => first.source.getToken())
  const adoption = await count(() => second.source.getToken())
  const [key = ''] = await client.keys('oauthkit:*')
  const memoryOfEntry = await client.memoryUsage(key)

  const idle = number(await client.info('memory'), 'mem_clients_normal')
  const slow = createTokenEndpoint(1000)
  const instances = await Promise.all(Array.from({ length: crowd }, () => createInstance(slow, url, 'crowd')))
  const memoryOfConnection = (number(await client.info('memory'), 'mem_clients_normal') - idle) / crowd
  const coldStart = await count(() => Promise.all(instances.map(({ source }) => source.getToken())), crowd)
  const tokenRequests = slow.requests()
  for (const { end } of [first, second, ...instances]) end()
  client.destroy()
  return {
    renewal,
    adoption,
    /** The load of one instance of the crowd. */
    coldStart,
    tokenRequestsOfCrowd: tokenRequests,
    bytesOfEntry: memoryOfEntry ?? 0,
    bytesOfConnection: Math.round(memoryOfConnection),
  }
}
