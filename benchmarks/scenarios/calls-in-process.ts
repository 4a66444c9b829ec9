import { bearer, bearerFetch, tokensBy, type TokenSource } from '@oauthkit/core'
import ky from 'ky'
import { compare, type Comparison, type Variant } from '../measure/compare.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Column, Scenario, Table } from '../measure/result.ts'
import { peers } from '../peers/all.ts'
import { bases, sendByFetch, sendByKy } from '../peers/bases.ts'
import { createSource } from '../peers/oauthkit.ts'
import { network, type Base, type Client, type Method } from '../peers/peer.ts'
import { startServers } from '../server/start-servers.ts'

const message = JSON.stringify({ to: '+33600000000', text: 'Hello' })

/** As many exceptions as Orange has. */
const exceptions = ['oauth', 'openid', 'play/openid', 'es/openapi', 'oes', 'play/api', 'a/fr', 'b/fr', 'c/fr']

/** Measures calls with a token that stays valid, without a network: each call is answered at once. */
export async function measure(isQuick: boolean): Promise<Record<string, Record<string, Comparison>>> {
  const servers = await startServers()
  const setting = { ...servers, clientId: 'app' }
  const url = `${servers.apiOrigin}/api/things/42?page=2`
  const createOwn = async (options?: Parameters<typeof createSource>[1]) => {
    const source = createSource(setting, options)
    await source.getToken()
    return source
  }
  const one = await createOwn()
  const withExceptions = await createOwn({
    exceptApis: exceptions.map((path) => `${servers.apiOrigin}/api/${path}`),
  })
  const withStore = await createOwn({ store: new Map() })
  const withEvents = await createOwn({ onEvent: () => {} })
  const tenants = tokensBy(() => one)
  const custom = ky.create({ fetch: network })
  const authorization = one.peek() ?? ''

  const ofPeers = await Promise.all(
    peers.map(async ({ name, base, create }): Promise<[string, Client, string]> => [name, await create(setting), base]),
  )
  // A first call each, which gets the token.
  for (const [, client] of ofPeers) await client(url)

  const ofKy = (source: TokenSource | (() => TokenSource), base = ky.create({})): Client =>
    sendByKy(base.extend(bearer(source)))
  const baseClients = (names: readonly Base[]) =>
    names.map((name): [string, Client, string] => [name, bases[name](servers.apiOrigin), name])
  const groups: Record<string, readonly [name: string, client: Client, base: string][]> = {
    peers: [...baseClients(Object.keys(bases) as Base[]), ['ky again', bases.ky(servers.apiOrigin), 'ky'], ...ofPeers],
    own: [
      ...baseClients(['ky', 'fetch']),
      ['one prefix', ofKy(one), 'ky'],
      ['nine exceptions, as Orange has', ofKy(withExceptions), 'ky'],
      ['with onEvent', ofKy(withEvents), 'ky'],
      ['with a Map as the store', ofKy(withStore), 'ky'],
      ['by tokensBy', ofKy(() => tenants('a')), 'ky'],
      ['ky with a custom fetch', sendByKy(custom), 'ky with a custom fetch'],
      [
        'static header hook, custom fetch',
        sendByKy(
          custom.extend({
            hooks: { beforeRequest: [({ request }) => request.headers.set('authorization', authorization)] },
          }),
        ),
        'ky with a custom fetch',
      ],
      ['one prefix, custom fetch', ofKy(one, custom), 'ky with a custom fetch'],
      ['nine exceptions, custom fetch', ofKy(withExceptions, custom), 'ky with a custom fetch'],
      ["bearerFetch as ky's fetch", sendByKy(ky.create({ fetch: bearerFetch(one) })), 'ky with a custom fetch'],
      [
        "bearerFetch as ky's fetch, nine exceptions",
        sendByKy(ky.create({ fetch: bearerFetch(withExceptions) })),
        'ky with a custom fetch',
      ],
      ['bearerFetch over bare fetch', sendByFetch(bearerFetch(one)), 'fetch'],
      ['bearerFetch over bare fetch, nine exceptions', sendByFetch(bearerFetch(withExceptions)), 'fetch'],
    ],
  }

  // No copy of the arguments, no parsing: what is left is the cost of the clients.
  globalThis.fetch = async () => new Response('{}', { headers: { 'content-type': 'application/json' } })
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
  servers.stop()
  return results
}

const columns: Column[] = [
  { name: 'client' },
  { name: 'over its base', unit: '×', digits: 3 },
  { name: 'added', unit: 'µs', digits: 1 },
]

const baseOf = (name: string) => peers.find((peer) => peer.name === name)?.base

const tableOf = (
  title: string,
  comparisons: Record<string, Comparison>,
  isShown: (name: string) => boolean,
): Table => ({
  title,
  columns,
  rows: Object.entries(comparisons)
    .filter(([name]) => isShown(name))
    .map(([name, { ratio, added }]) => [baseOf(name) ? `${name} (${baseOf(name)})` : name, ratio, added]),
  plot: 'over its base',
})

export const callsInProcess: Scenario = {
  id: 'calls-in-process',
  async run(isQuick) {
    const results = await inOwnProcess(import.meta.url, measure, isQuick)
    const isPeer = (name: string) => name === 'ky again' || baseOf(name) !== undefined
    const isVariant = (name: string) => !['ky', 'fetch', 'ky with a custom fetch'].includes(name)
    return {
      title: 'A call with a valid token',
      about:
        'All clients in one process. The network is a function that answers at once, so the figures show the cost of the clients only. Each client is compared with the same HTTP client without a token, which the table names in brackets. `ky again` is bare ky, measured a second time: what it differs from 1 is the noise.',
      tables: [
        ...(['GET', 'POST'] as const).flatMap((method) =>
          tableOf(`${method}, each client over its base`, results[`peers, ${method}`] ?? {}, isPeer),
        ),
        ...(['GET', 'POST'] as const).flatMap((method) =>
          tableOf(`${method}, the ways to use oauthkit`, results[`own, ${method}`] ?? {}, isVariant),
        ),
      ],
    }
  },
}
