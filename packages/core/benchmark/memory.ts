import type * as Core from '../src/index.ts'

const count = 100_000

/** Measures the memory of a tenant, with its token, in bytes. Needs `node --expose-gc`. */
export async function measureMemory(core: typeof Core): Promise<{ readonly bytesPerTenant: number }> {
  const { gc } = globalThis
  if (!gc) throw new Error('start it with node --expose-gc')
  const provider = {
    name: 'x',
    tokenEndpoint: 'https://id.example/token',
    apis: ['https://api.example'],
    clientAuth: core.clientSecretBasic,
  }
  let requests = 0
  const fetch = async () =>
    Response.json({ access_token: `token-${(requests += 1)}`, token_type: 'Bearer', expires_in: 3600 })
  const names = Array.from({ length: count }, (_, index) => `tenant-${index}`)
  const tenants = core.tokensBy(
    (tenant) => core.createTokenSource({ provider, clientId: tenant, clientSecret: 'secret', fetch }),
    { maxIdle: count },
  )
  const used = async () => {
    for (let times = 0; times < 3; times += 1) {
      gc()
      // oxlint-disable-next-line no-await-in-loop -- the next round collects memory that was freed late
      await new Promise((resolve) => setImmediate(resolve))
    }
    return process.memoryUsage().heapUsed
  }
  const before = await used()
  // oxlint-disable-next-line no-await-in-loop -- one after the other, so that no running request is counted
  for (const name of names) await tenants(name).getToken()
  const bytesPerTenant = Math.round(((await used()) - before) / count)
  // This also keeps the tenants in memory until now.
  if (tenants(names[0] ?? '').peek() !== 'Bearer token-1') throw new Error('a tenant was dropped')
  return { bytesPerTenant }
}
