import { compare, type Comparison, type Variant } from '../measure/compare.ts'
import { figureOf, type Figure } from '../measure/figure.ts'
import { collectGarbage } from '../measure/memory.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Column, Scenario, Table } from '../measure/result.ts'
import { peers } from '../peers/all.ts'
import { createCallGroups } from '../peers/call-groups.ts'
import type { Method } from '../peers/peer.ts'
import { startServers } from '../server/start-servers.ts'

const message = JSON.stringify({ to: '+33600000000', text: 'Hello' })

/** Creates all clients, and then replaces the network by a function that answers at once. */
async function prepare() {
  const servers = await startServers()
  const groups = await createCallGroups(servers)
  servers.stop()
  // No copy of the arguments, no parsing: what is left is the cost of the clients.
  globalThis.fetch = async () => new Response('{}', { headers: { 'content-type': 'application/json' } })
  return { groups, url: `${servers.apiOrigin}/api/things/42?page=2` }
}

/** Measures calls with a token that stays valid, without a network. */
export async function measure(isQuick: boolean): Promise<Record<string, Record<string, Comparison>>> {
  const { groups, url } = await prepare()
  const results: Record<string, Record<string, Comparison>> = {}
  for (const [group, clients] of Object.entries(groups)) {
    for (const method of ['GET', 'POST'] satisfies Method[]) {
      const variants = clients.map(([name, client, base]): [string, Variant] => [
        name,
        { base, run: () => (method === 'GET' ? client(url) : client(url, 'POST', message)) },
      ])
      const rounds = isQuick ? { rounds: 2, iterations: 20 } : { rounds: 61, iterations: 300 }
      results[`${group}, ${method}`] = await compare(Object.fromEntries(variants), rounds)
    }
  }
  return results
}

/**
 * Measures how many bytes a GET allocates more than its base. The process must have room for all of them, so that none are
 * freed in the meantime.
 */
export async function measureMemory(isQuick: boolean): Promise<Record<string, Figure>> {
  const { groups, url } = await prepare()
  const { rounds, calls } = isQuick ? { rounds: 2, calls: 20 } : { rounds: 15, calls: 1000 }
  const differences = new Map<string, number[]>(groups.peers.map(([name]) => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    const bytes = new Map<string, number>()
    for (const [name, client] of round % 2 === 0 ? groups.peers : groups.peers.toReversed()) {
      await collectGarbage()
      const before = process.memoryUsage().heapUsed
      for (let call = 0; call < calls; call += 1) await client(url)
      bytes.set(name, (process.memoryUsage().heapUsed - before) / calls)
    }
    // The first round compiles the code.
    if (round < 0) continue
    for (const [name, , base] of groups.peers)
      differences.get(name)?.push((bytes.get(name) ?? Number.NaN) - (bytes.get(base) ?? Number.NaN))
  }
  return Object.fromEntries([...differences].map(([name, own]) => [name, figureOf(own)]))
}

const columns: Column[] = [
  { name: 'client' },
  { name: 'over its base', unit: '×', digits: 3 },
  { name: 'added', unit: 'µs', digits: 1 },
  { name: 'allocated more', unit: 'bytes' },
]

const baseOf = (name: string) => peers.find((peer) => peer.name === name)?.base

const tableOf = (
  title: string,
  comparisons: Record<string, Comparison>,
  isShown: (name: string) => boolean,
  bytes?: Record<string, Figure>,
): Table => ({
  title,
  columns: bytes ? columns : columns.slice(0, 3),
  rows: Object.entries(comparisons)
    .filter(([name]) => isShown(name))
    .map(([name, { ratio, added }]) => [
      baseOf(name) ? `${name} (${baseOf(name)})` : name,
      ratio,
      added,
      bytes?.[name],
    ]),
  plot: 'over its base',
})

export const callsInProcess: Scenario = {
  id: 'calls-in-process',
  async run(isQuick) {
    const results = await inOwnProcess(import.meta.url, measure, isQuick)
    const bytes = await inOwnProcess(import.meta.url, measureMemory, isQuick, [
      '--min-semi-space-size=256',
      '--max-semi-space-size=256',
    ])
    const isPeer = (name: string) => name === 'ky again' || baseOf(name) !== undefined
    const isVariant = (name: string) => !['ky', 'fetch', 'ky with a custom fetch'].includes(name)
    return {
      title: 'A call with a valid token',
      about:
        'All clients in one process. The network is a function that answers at once, so the figures show the cost of the clients only. Each client is compared with the same HTTP client without a token, which the table names in brackets. `ky again` is bare ky, measured a second time: how far its ratio is from 1 is the noise. The memory is what a call allocates in JavaScript, compared with its base.',
      tables: [
        tableOf('GET, each client over its base', results['peers, GET'] ?? {}, isPeer, bytes),
        tableOf('POST, each client over its base', results['peers, POST'] ?? {}, isPeer),
        ...(['GET', 'POST'] as const).flatMap((method) =>
          tableOf(`${method}, the ways to use oauthkit`, results[`own, ${method}`] ?? {}, isVariant),
        ),
      ],
    }
  },
}
