import { compare, type Comparison, type Variant } from '../measure/compare.ts'
import { readBody } from '../measure/load.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Column, Row, Scenario } from '../measure/result.ts'
import { peers } from '../peers/all.ts'
import { bases } from '../peers/bases.ts'
import type { Base, Client } from '../peers/peer.ts'
import { startServers } from '../server/start-servers.ts'

type Kind = 'one after the other' | '64 at once' | 'download of 10 MB' | 'upload of 10 MB'

const text = '"'.padEnd(10_000_000, 'x')

/** Measures calls of an API that runs in another process. */
export async function measure({ kind, isQuick }: { readonly kind: Kind; readonly isQuick: boolean }) {
  const servers = await startServers()
  const send = async (client: Client) => {
    if (kind === 'upload of 10 MB') return readBody(await client(`${servers.apiOrigin}/api/things`, 'POST', text))
    return readBody(await client(`${servers.apiOrigin}/api/${kind === 'download of 10 MB' ? 'big' : 'things'}`))
  }
  const run = (client: Client) =>
    kind === '64 at once' ? () => Promise.all(Array.from({ length: 64 }, () => send(client))) : () => send(client)
  const variants: Record<string, Variant> = {}
  for (const base of Object.keys(bases) as Base[]) variants[base] = { base, run: run(bases[base](servers.apiOrigin)) }
  variants['ky again'] = { base: 'ky', run: run(bases.ky(servers.apiOrigin)) }
  for (const { name, base, create } of peers) {
    variants[name] = { base, run: run(await create({ ...servers, clientId: 'app' })) }
  }
  const iterations = kind === 'one after the other' ? 40 : kind === '64 at once' ? 3 : 1
  const result = await compare(
    variants,
    isQuick ? { rounds: 1, iterations: 1, warmUpRounds: 1 } : { rounds: 31, iterations },
  )
  servers.stop()
  return result
}

const kinds: readonly Kind[] = ['one after the other', '64 at once', 'download of 10 MB', 'upload of 10 MB']

export const callsOverLoopback: Scenario = {
  id: 'calls-over-loopback',
  async run(isQuick) {
    const results: Record<string, Comparison>[] = []
    for (const kind of kinds) results.push(await inOwnProcess(import.meta.url, measure, { kind, isQuick }))
    const rows = [undefined, ...peers].map((peer): Row => [
      peer ? `${peer.name} (${peer.base})` : 'ky again',
      ...results.map((comparisons) => comparisons[peer?.name ?? 'ky again']?.ratio),
    ])
    const columns: Column[] = [{ name: 'client' }, ...kinds.map((name) => ({ name, unit: '×' as const, digits: 2 }))]
    return {
      title: 'A call over the network',
      about:
        'The same, with an API in another process, over HTTP on the loopback interface. Each client is compared with the same HTTP client without a token.',
      tables: [{ title: 'A call, over that of its base', columns, rows, plot: 'one after the other' }],
    }
  },
}
