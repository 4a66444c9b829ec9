import { fork } from 'node:child_process'
import { once } from 'node:events'
import ky, { type KyInstance } from 'ky'
import type * as Core from '../src/index.ts'
import { figureOf, interleave, type Figure } from './interleave.ts'

const coldCalls = 10_000

/** Measures the cost of a call relative to the same call of bare ky, with a server in another process. */
export async function measureLoopback(core: typeof Core) {
  const server = fork(new URL('server.ts', import.meta.url))
  try {
    const [port] = (await once(server, 'message')) as [number]
    const origin = `http://127.0.0.1:${port}`
    const createSource = () =>
      core.createTokenSource({
        provider: {
          name: 'x',
          tokenEndpoint: `${origin}/token`,
          apis: [`${origin}/api`],
          clientAuth: core.clientSecretBasic,
        },
        clientId: 'app',
        clientSecret: 'secret',
      })
    return { GET: await measureGet(core, origin, createSource()), cold: await measureCold(core, origin, createSource) }
  } finally {
    server.disconnect()
  }
}

async function measureGet(core: typeof Core, origin: string, source: Core.TokenSource) {
  await source.getToken()
  const header = (request: Request) => request.headers.set('authorization', 'Bearer a-token')
  const clients = {
    'bare ky': ky.create({}),
    'bare ky again': ky.create({}),
    'ky, static header hook': ky.create({ hooks: { beforeRequest: [({ request }) => header(request)] } }),
    bearer: ky.create({}).extend(core.bearer(source)),
  }
  const get = (client: KyInstance) => () => client.get(`${origin}/api/things`).text()
  const variants = Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, get(client)]))
  return interleave(variants, { rounds: 41, callsPerRound: 100 })
}

/** Measures calls that start at the same time and find no token. */
async function measureCold(
  core: typeof Core,
  origin: string,
  createSource: () => Core.TokenSource,
): Promise<{ readonly ratio: Figure; readonly tokenRequests: number }> {
  const time = async (client: KyInstance) => {
    const start = performance.now()
    const calls = Array.from({ length: coldCalls }, () =>
      client.get(`${origin}/api/things`, { timeout: 60_000 }).text(),
    )
    await Promise.all(calls)
    return performance.now() - start
  }
  const count = async () => Number(await (await fetch(`${origin}/count`)).text())
  const ratios: number[] = []
  const before = await count()
  const rounds = 7
  for (let round = 0; round < rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- in turn
    const bare = await time(ky.create({}))
    // oxlint-disable-next-line no-await-in-loop -- in turn
    ratios.push((await time(ky.create({}).extend(core.bearer(createSource())))) / bare)
  }
  return { ratio: figureOf(ratios), tokenRequests: ((await count()) - before) / rounds }
}
