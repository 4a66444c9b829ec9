import ky from 'ky'
import type * as Core from '../src/index.ts'

const count = 10_000

/** How long many calls at once take that all find no token, over the same calls of bare ky; and their token requests. */
export async function measureColdCalls(
  core: typeof Core,
): Promise<{ readonly ratio: number; readonly requests: number }> {
  let requests = 0
  const fetch: typeof globalThis.fetch = async () => {
    requests += 1
    return Response.json({ access_token: 'token', expires_in: 3600 })
  }
  const provider = {
    name: 'x',
    tokenEndpoint: 'https://id.example/token',
    apis: ['https://api.example'],
    clientAuth: core.clientSecretBasic,
  }
  const platform = globalThis.fetch
  globalThis.fetch = async () => new Response('{}')
  const time = async (client: typeof ky) => {
    const start = performance.now()
    await Promise.all(Array.from({ length: count }, () => client.get('https://api.example/v1')))
    return performance.now() - start
  }
  const ratios: number[] = []
  try {
    for (let round = 0; round < 9; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- in turn
      const bare = await time(ky.create({}))
      requests = 0
      const source = core.createTokenSource({ provider, clientId: 'app', clientSecret: 'secret', fetch })
      // oxlint-disable-next-line no-await-in-loop -- in turn
      ratios.push((await time(ky.create({}).extend(core.bearer(source)))) / bare)
    }
  } finally {
    globalThis.fetch = platform
  }
  return { ratio: ratios.toSorted((a, b) => a - b)[4] ?? Number.NaN, requests }
}
