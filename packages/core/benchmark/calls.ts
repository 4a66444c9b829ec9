import ky, { type KyInstance } from 'ky'
import type * as Core from '../src/index.ts'
import { interleave, type Figure } from './interleave.ts'

const api = 'https://api.example'
const url = `${api}/v1/things/42?page=2`
const authorization = 'Bearer a-token-of-forty-characters-0123456789'
const token = { accessToken: authorization.slice('Bearer '.length), expiresAt: Date.now() + 86_400_000 }

/** Paths on the API's host that need other tokens, as many as Orange has. */
const nine = [
  'oauth',
  'openid',
  'camara/play/openid',
  'es/openapi',
  'camara/oes',
  'camara/play/api',
  'a/fr',
  'b/fr',
  'c/fr',
]

/** A network that answers at once. */
const answer = async () => new Response('{}')

/** Measures the cost of a call with a token relative to one without a token, in this process, without a network. */
export async function measureCalls(core: typeof Core): Promise<Record<string, Record<string, Figure>>> {
  const sourceOf = async (own: object = {}) => {
    const provider = {
      name: 'x',
      tokenEndpoint: `${api}/token`,
      apis: [api],
      clientAuth: core.clientSecretBasic,
      ...own,
    }
    const source = core.createTokenSource({ provider, clientId: 'app', clientSecret: 'secret', ...own })
    await source.setToken(token)
    return source
  }
  const one = await sourceOf()
  const many = await sourceOf({ exceptApis: nine.map((path) => `${api}/${path}`) })
  const told = await sourceOf({ onEvent: () => {} })
  const stored = await sourceOf({ store: new Map() })
  const tenants = core.tokensBy(() => one)

  const platform = globalThis.fetch
  globalThis.fetch = answer
  const header = (request: Request) => request.headers.set('authorization', authorization)
  const withHeader = (base: KyInstance) => base.extend({ hooks: { beforeRequest: [({ request }) => header(request)] } })
  const get = (client: KyInstance) => () => client.get(url)
  const post = (client: KyInstance) => () => client.post(url, { json: { to: '+33600000000', text: 'Hello' } })
  try {
    const bare = ky.create({})
    const custom = ky.create({ fetch: (input, init) => answer.call(undefined, ...([input, init] as unknown as [])) })
    const clients = {
      'bare ky': bare,
      'bare ky again': bare,
      'ky, static header hook': withHeader(bare),
      'bearer, one prefix': bare.extend(core.bearer(one)),
      'bearer, nine exceptions': bare.extend(core.bearer(many)),
      'bearer, onEvent': bare.extend(core.bearer(told)),
      'bearer, Map store': bare.extend(core.bearer(stored)),
      'bearer, tokensBy': bare.extend(core.bearer(() => tenants('a'))),
    }
    const customs = {
      'bare ky': custom,
      'ky, static header hook': withHeader(custom),
      'bearer, one prefix': custom.extend(core.bearer(one)),
      'bearer, nine exceptions': custom.extend(core.bearer(many)),
    }
    const asFetch = {
      'bare ky': ky.create({ fetch: answer }),
      'static header': ky.create({
        fetch: (input, init) => (header(input as Request), (answer as typeof fetch)(input, init)),
      }),
      'bearerFetch, one prefix': ky.create({ fetch: core.bearerFetch(one) }),
      'bearerFetch, nine exceptions': ky.create({ fetch: core.bearerFetch(many) }),
    }
    const sendOne = core.bearerFetch(one)
    const sendMany = core.bearerFetch(many)
    const map = <T>(of: Record<string, T>, to: (value: T) => () => unknown) =>
      Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(value)]))
    const results = {
      GET: await interleave(map(clients, get)),
      'GET, custom fetch': await interleave(map(customs, get)),
      POST: await interleave(map(clients, post)),
      'GET, bearerFetch as ky.fetch': await interleave(map(asFetch, get)),
      'POST, bearerFetch as ky.fetch': await interleave(map(asFetch, post)),
      'bearerFetch over bare fetch': await interleave(
        {
          'bare fetch': () => globalThis.fetch(url),
          'bearerFetch, one prefix': () => sendOne(url),
          'bearerFetch, nine exceptions': () => sendMany(url),
        },
        { callsPerRound: 2000 },
      ),
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, variants]) => [
        name,
        Object.fromEntries(Object.entries(variants).map(([variant, { ratio, ns }]) => [variant, { ...ratio, ns }])),
      ]),
    )
  } finally {
    globalThis.fetch = platform
  }
}
