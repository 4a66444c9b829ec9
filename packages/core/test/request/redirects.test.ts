import ky from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bearer, bearerFetch, type TokenEventDetails, type TokenSource } from '../../src/index.ts'
import { serve } from '../serve.ts'
import { unauthorized } from '../support.ts'

/** Where the server redirects a path to, and the status of the others. */
let locations: Record<string, string>
let statuses: Record<string, number>
let seen: (string | undefined)[]
let origin: string
let elsewhere: string
let events: TokenEventDetails[]

beforeEach(async () => {
  ;[locations, statuses, seen, events] = [{}, {}, [], []]
  const listen = async () => {
    const { url } = await serve(({ url: path = '', headers }, response) => {
      seen.push(headers.authorization)
      const location = locations[path.split('?')[0] ?? '']
      response.writeHead(location ? 307 : (statuses[path] ?? 200), location ? { location } : {}).end()
    })
    return url
  }
  ;[origin, elsewhere] = [await listen(), await listen()]
})

afterEach(() => {
  vi.restoreAllMocks()
})

const source = (own: Partial<TokenSource> = {}): TokenSource => ({
  apis: [`${origin}/v1`],
  exceptApis: [`${origin}/v1/admin`],
  getToken: async ({ rejected } = {}) => ({ accessToken: rejected ? 'two' : 'one' }),
  onEvent: (event) => void events.push(event),
  ...own,
})

test.each([
  ['outside of the prefix', '/v2/b'],
  ['to an exception', '/v1/admin/b'],
  ['to another spelling of an exception', '/v1/ADMIN'],
  ['to hidden dots', '/v1/..%2fv2'],
])('a redirect within the origin that leads %s is an event, because the token goes along', async (_what, location) => {
  locations = { '/v1/a': location }
  expect((await bearerFetch(source())(`${origin}/v1/a?secret=1`)).status).toBe(200)
  expect(seen).toEqual(['Bearer one', 'Bearer one'])
  expect(events).toEqual([{ type: 'redirected', origin }])
})

test('with ky, such a redirect is an event, too, also after the token was renewed', async () => {
  const client = ky.extend(bearer(source()))
  locations = { '/v1/a': '/v2/b' }
  await client.get(`${origin}/v1/a`)
  // The first answer rejects the token, and the second one redirects.
  const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValueOnce(unauthorized())
  await client.get(`${origin}/v1/a`)
  expect(fetch).toHaveBeenCalledTimes(2)
  expect(events).toEqual([
    { type: 'redirected', origin },
    { type: 'rejected', origin, status: 401, isReplayed: true },
    { type: 'redirected', origin },
  ])
})

test('a redirect to the API of another source is an event of the source whose token went along', async () => {
  locations = { '/v1/a': '/v2/b' }
  const other = source({ apis: [`${origin}/v2`], onEvent: () => expect.unreachable() })
  await bearerFetch(source(), bearerFetch(other))(`${origin}/v1/a`)
  expect(events).toEqual([{ type: 'redirected', origin }])
})

test.each([
  ['within the API', () => '/v1/b'],
  ['to another origin, without the token', () => `${elsewhere}/v1/b`],
])('a redirect %s is no event', async (_what, location) => {
  locations = { '/v1/a': location() }
  await bearerFetch(source())(`${origin}/v1/a`)
  expect(seen).toHaveLength(2)
  expect(events).toEqual([])
})

test.each([
  ['another origin', () => `${elsewhere}/v1/b`],
  ['another path', () => '/v2/b'],
  ['an exception', () => '/v1/admin'],
])('a 401 from %s that the platform was redirected to renews no token', async (_what, location) => {
  locations = { '/v1/a': location() }
  statuses = { '/v1/b': 401, '/v2/b': 401, '/v1/admin': 401 }
  expect((await bearerFetch(source())(`${origin}/v1/a`)).status).toBe(401)
  expect(seen).toHaveLength(2)
})

/** A response as a `fetch` gives it that follows redirects by itself. */
const from = (url: string | undefined, redirected?: boolean) =>
  Object.defineProperties(unauthorized(), {
    url: { value: url },
    ...(redirected !== undefined && { redirected: { value: redirected } }),
  })

const foreign = [
  'https://evil.test/v1/a',
  'https://api.example.evil.test/v1',
  'http://api.example/v1/a',
  'https://api.example:8443/v1/a',
  'https://other.example/v1/a',
  'https://api.example/v2',
  'https://api.example/v1/admin',
  'https://api.example/v1/..%2fv2',
  'data:text/plain,x',
]

test.each([true, false, undefined])(
  'a 401 that a custom fetch brings from elsewhere renews no token, with redirected: %s',
  async (redirected) => {
    const apis = ['https://api.example/v1', 'https://other.example/v1']
    const own = { apis, exceptApis: ['https://api.example/v1/admin'] }
    const getToken = vi.fn<TokenSource['getToken']>(async () => ({ accessToken: 'one' }))
    for (const url of foreign) {
      const fetch = vi.fn<typeof globalThis.fetch>(async () => from(url, redirected))
      expect((await bearerFetch(source({ ...own, getToken }), fetch)('https://api.example/v1/a')).status).toBe(401)
      expect(fetch).toHaveBeenCalledOnce()
    }
    expect(getToken.mock.calls.filter(([options]) => options?.rejected)).toEqual([])
  },
)

test.each([undefined, '', 'https://api.example/v1/a', 'https://api.example/v1/b?q', 'https://API.example:443/v1/a'])(
  'a 401 of a custom fetch with the url %j is about the token',
  async (url) => {
    const answers = [from(url)]
    const fetch = vi.fn<typeof globalThis.fetch>(async () => answers.pop() ?? new Response())
    const own = { apis: ['https://api.example/v1/a', 'https://api.example/v1/b'], exceptApis: [] }
    expect((await bearerFetch(source(own), fetch)('https://api.example/v1/a#top')).status).toBe(200)
    expect(fetch).toHaveBeenCalledTimes(2)
  },
)
