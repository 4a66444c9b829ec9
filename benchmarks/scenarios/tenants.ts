import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { bearer, createTokenSource, tokensBy } from '@oauthkit/core'
import ky from 'ky'
import { compare, type Comparison, type Variant } from '../measure/compare.ts'
import { collectGarbage } from '../measure/memory.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Column, Row, Scenario } from '../measure/result.ts'
import { keepToken, requestToken } from '../peers/keep-token.ts'
import { describeProvider } from '../peers/oauthkit.ts'

const setting = { tokenOrigin: 'https://id.example', apiOrigin: 'https://api.example' }
const url = `${setting.apiOrigin}/api/things`

/** Calls the API for a tenant. */
type CallFor = (tenant: string) => Promise<unknown>

/** Ways to keep a token for each tenant. Each makes a client for up to so many tenants. */
const ways: Readonly<Record<string, (count: number) => CallFor>> = {
  'oauthkit, tokensBy': (count) => {
    const provider = describeProvider(setting)
    const tenants = tokensBy((clientId) => createTokenSource({ provider, clientId, clientSecret: 'secret' }), {
      maxIdle: count,
    })
    const api = ky.extend(bearer(({ context }) => tenants(context['tenant'] as string)))
    return (tenant) => api.get(url, { context: { tenant } })
  },
  'ky hook, a Map of tokens': () => {
    const tokens = new Map<string, ReturnType<typeof keepToken>>()
    const tokenOf = (clientId: string) => {
      const token = tokens.get(clientId) ?? keepToken(() => requestToken({ ...setting, clientId }))
      tokens.set(clientId, token)
      return token.get()
    }
    const api = ky.extend({
      hooks: {
        beforeRequest: [
          async ({ request, options }) =>
            request.headers.set('authorization', `Bearer ${await tokenOf(options.context['tenant'] as string)}`),
        ],
      },
    })
    return (tenant) => api.get(url, { context: { tenant } })
  },
  '@badgateway/oauth2-client, a Map of clients': () => {
    const clients = new Map<string, OAuth2Fetch>()
    const clientOf = (clientId: string) => {
      const known = clients.get(clientId)
      if (known) return known
      const options = { server: setting.tokenOrigin, tokenEndpoint: '/token', clientId, clientSecret: 'secret' }
      const client = new OAuth2Client(options)
      const added = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() })
      clients.set(clientId, added)
      return added
    }
    return (tenant) => clientOf(tenant).fetch(url)
  },
}

type Tenants = { readonly bytes: number; readonly comparisons: Record<string, Comparison> }

/** Measures the memory of a tenant with its token, and a call that is made for each of many tenants in turn. */
export async function measure({
  way,
  counts,
  isQuick,
}: {
  way: string
  counts: readonly number[]
  isQuick: boolean
}): Promise<Tenants> {
  let issued = 0
  globalThis.fetch = async (input) => {
    if (!String(input instanceof Request ? input.url : input).startsWith(setting.tokenOrigin)) return new Response('{}')
    issued += 1
    const token = {
      access_token: `a-token-of-forty-characters-${String(issued).padStart(12, '0')}`,
      token_type: 'Bearer',
      expires_in: 86_400,
    }
    return Response.json(token)
  }
  const most = Math.max(...counts)
  const names = Array.from({ length: most }, (_, index) => `tenant-${index}`)
  const create = ways[way]
  if (!create) throw new Error(`no way has the name ${way}`)
  // The first call compiles, and creates what all tenants share.
  await create(1)('warm-up')
  const before = await usedMemory()
  const callFor = create(most)
  for (const name of names) await callFor(name)
  const bytes = Math.round(((await usedMemory()) - before) / most)

  const variantOf = (count: number): Variant => {
    let at = 0
    return {
      base: '1',
      run: () => {
        // A stride that visits all tenants, so that no cache of the processor knows the next one.
        at = (at + 7919) % count
        return callFor(names[at] as string)
      },
    }
  }
  const variants = Object.fromEntries(counts.map((count) => [String(count), variantOf(count)]))
  return {
    bytes,
    comparisons: await compare(variants, isQuick ? { rounds: 2, iterations: 20 } : { rounds: 41, iterations: 500 }),
  }
}

async function usedMemory(): Promise<number> {
  await collectGarbage()
  return process.memoryUsage().heapUsed
}

export const tenants: Scenario = {
  id: 'tenants',
  async run(isQuick) {
    const counts = isQuick ? [1, 100] : [1, 1000, 100_000]
    const rows: Row[] = []
    for (const way of Object.keys(ways)) {
      const { bytes, comparisons } = await inOwnProcess(import.meta.url, measure, { way, counts, isQuick })
      rows.push([way, bytes, ...counts.slice(1).map((count) => comparisons[String(count)]?.ratio)])
    }
    const columns: Column[] = [
      { name: 'client' },
      { name: 'memory of a tenant', unit: 'bytes' },
      ...counts
        .slice(1)
        .map((count) => ({ name: `${count.toLocaleString('en')} tenants`, unit: '×' as const, digits: 2 })),
    ]
    return {
      title: 'Many tenants',
      about: `A client that keeps a token for each tenant, in one process, without a network. The memory is that of ${Math.max(...counts).toLocaleString('en')} tenants with their tokens. A call for each of many tenants in turn is compared with a call for one tenant.`,
      tables: [{ title: 'Tenants', columns, rows, plot: 'memory of a tenant' }],
    }
  },
}
