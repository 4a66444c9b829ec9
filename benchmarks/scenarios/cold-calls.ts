import { compare } from '../measure/compare.ts'
import type { Figure } from '../measure/figure.ts'
import { callAtOnce, countFailures } from '../measure/load.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Cell, Column, Row, Scenario } from '../measure/result.ts'
import { findPeer, peers } from '../peers/all.ts'
import { bases } from '../peers/bases.ts'
import { startServers } from '../server/start-servers.ts'

type Input = { readonly name: string; readonly count: number; readonly isQuick: boolean }
type Cold = { readonly ratio: Figure; readonly tokenRequests: number; readonly failures: number }

/** Starts calls at the same time by new clients, which have no token yet. */
export async function measure({ name, count, isQuick }: Input): Promise<Cold> {
  const servers = await startServers()
  const { base, create } = findPeer(name)
  const url = `${servers.apiOrigin}/api/things`
  let failures = 0
  let clients = 0
  const comparison = await compare(
    {
      base: { base: 'base', run: () => callAtOnce(bases[base](servers.apiOrigin), url, count) },
      peer: {
        base: 'base',
        run: async () => {
          clients += 1
          const client = await create({ ...servers, clientId: 'app' })
          failures += countFailures(await callAtOnce(client, url, count))
        },
      },
    },
    { rounds: isQuick ? 1 : count > 5000 ? 3 : 9, iterations: 1, warmUpRounds: 1 },
  )
  const { tokenRequests } = await servers.count()
  servers.stop()
  const { ratio } = comparison['peer'] as { ratio: Figure }
  return { ratio, tokenRequests: tokenRequests / clients, failures: failures / clients }
}

export const coldCalls: Scenario = {
  id: 'cold-calls',
  async run(isQuick) {
    const counts = isQuick ? [20] : [1000, 10_000]
    const columns: Column[] = [
      { name: 'client' },
      ...counts.flatMap((count): Column[] => {
        const calls = `${count.toLocaleString('en')} calls`
        return [
          { name: `${calls}, over the base`, unit: '×', digits: 2 },
          { name: `token requests for ${calls}`, digits: 1 },
          { name: `failures of ${calls}`, digits: 1 },
        ]
      }),
    ]
    const rows: Row[] = []
    for (const { name, base } of peers) {
      const cells: Cell[] = []
      for (const count of counts) {
        const { ratio, tokenRequests, failures } = await inOwnProcess(import.meta.url, measure, {
          name,
          count,
          isQuick,
        })
        cells.push(ratio, tokenRequests, failures)
      }
      rows.push([`${name} (${base})`, ...cells])
    }
    return {
      title: 'Cold calls at once',
      about:
        'Many calls start at the same time by a new client that has no token yet. The time is compared with that of the same calls by the same HTTP client without a token. If the interval contains 1, no difference was measured. Token requests and failures are those of one client, on average.',
      tables: [{ title: 'Cold calls', columns, rows, plot: columns[1]?.name ?? '' }],
    }
  },
}
