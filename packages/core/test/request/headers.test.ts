import { inspect } from 'node:util'
import ky from 'ky'
import { beforeEach, expect, test } from 'vitest'
import { bearer, bearerFetch, type AddHeaders, type TokenSource } from '../../src/index.ts'
import { serve } from '../serve.ts'
import { api, errorOf, provider, sourceOver, tokenEndpoint, unauthorized } from '../support.ts'

const url = 'https://api.example/v1/shops'
const key = 'S3cret-subscription-key'

const source = (headers: AddHeaders, own: Partial<TokenSource> = {}): TokenSource => ({
  name: 'example',
  apis: ['https://api.example'],
  getToken: async ({ rejected } = {}) => ({ accessToken: rejected ? 'two' : 'one' }),
  headers,
  ...own,
})

/** A source whose calls carry a key in addition to the token. */
const withKey = (own: Partial<TokenSource> = {}) => source(() => ({ 'x-api-key': key }), own)

test.each<[string, RequestInfo | URL, RequestInit?]>([
  ['a string', url],
  ['a URL', new URL(url)],
  ['a Request', new Request(url)],
  ['a Request and options', new Request(url), { method: 'POST', body: 'text' }],
])(
  "a call by %s carries the headers of its source, with the platform's fetch and with another",
  async (_what, input, init) => {
    const server = api()
    const original = globalThis.fetch
    globalThis.fetch = server.fetch
    try {
      await bearerFetch(withKey())(input, init)
    } finally {
      globalThis.fetch = original
    }
    await bearerFetch(withKey(), server.fetch)(input, init)
    expect(server.calls).toHaveLength(2)
    for (const { headers } of server.calls) {
      expect(headers.get('authorization')).toBe('Bearer one')
      expect(headers.get('x-api-key')).toBe(key)
    }
  },
)

test('the headers of a provider are those of its sources', async () => {
  const server = api()
  const described = { ...provider, headers: () => ({ 'x-api-key': key }) }
  await bearerFetch(sourceOver(tokenEndpoint(), { provider: described }), server.fetch)(url)
  expect(server.calls[0]?.headers.get('x-api-key')).toBe(key)
})

test('a fixed token can have headers, too', async () => {
  const server = api()
  const options = bearer('a-token', { apis: ['https://api.example'], headers: () => ({ 'x-api-key': key }) })
  await ky.create({ fetch: server.fetch }).extend(options).get(url)
  expect(server.calls[0]?.headers.get('x-api-key')).toBe(key)
})

test('they are made for each call, from its token, its method and its URL, and again before it is sent a second time', async () => {
  const seen: unknown[] = []
  const server = api(unauthorized())
  const add: AddHeaders = async ({ token, method, url: to }) => {
    seen.push([token.accessToken, method, to])
    return { 'x-signature': `${token.accessToken} ${method}` }
  }
  await bearerFetch(source(add), server.fetch)(`${url}?a=1`, { method: 'post', body: 'text' })
  expect(seen).toEqual([
    ['one', 'POST', `${url}?a=1`],
    ['two', 'POST', `${url}?a=1`],
  ])
  expect(server.calls.map(({ headers, body }) => [headers.get('x-signature'), body])).toEqual([
    ['one POST', 'text'],
    ['two POST', 'text'],
  ])
})

test.each([
  ['another host', 'https://elsewhere.example/v1', {}],
  ['an exception', 'https://api.example/admin', { exceptApis: ['https://api.example/admin'] }],
  ['a call with an Authorization header', url, {}],
])('they are not sent to %s', async (what, to, own) => {
  const server = api()
  const init = what.includes('Authorization') ? { headers: { authorization: 'Basic own' } } : {}
  await bearerFetch(withKey(own), server.fetch)(to, init)
  expect(server.calls[0]?.headers.get('x-api-key')).toBe(null)
})

test('a header that the caller has set stays', async () => {
  const server = api()
  await bearerFetch(withKey(), server.fetch)(url, { headers: { 'X-API-Key': 'own' } })
  expect(server.calls[0]?.headers.get('x-api-key')).toBe('own')
})

test('no header is left in the Request that the caller has', async () => {
  const request = new Request(url)
  await bearerFetch(withKey(), api().fetch)(request)
  expect([...request.headers]).toEqual([])
})

test.each([
  ['Authorization', () => ({ authorization: `Basic ${key}` }), 'headers() must not return Authorization'],
  ['a value with a line break', () => ({ 'x-api-key': `${key}\nx` }), 'headers() returned a name or a value'],
  ['a name with a blank', () => ({ [`x ${key}`]: 'x' }), 'headers() returned a name or a value'],
  ['a number', () => 7 as never, 'headers() returned a name or a value'],
  ...[undefined, null, 7, {}, [undefined]].flatMap((value): [string, AddHeaders, string][] =>
    [{ 'x-other': key, 'x-api-key': value }, [['x-api-key', value]], new Map([['x-api-key', value]])].map((headers) => [
      `${Array.isArray(headers) || headers instanceof Map ? 'a pair' : 'a member'} with ${JSON.stringify(value)}`,
      () => headers as never,
      'headers() returned a name or a value',
    ]),
  ),
])('%s is a TypeError that does not show it, and the call is not sent', async (_what, headers, message) => {
  const server = api()
  const error = await errorOf(bearerFetch(source(headers), server.fetch)(url))
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain(`example: ${message}`)
  expect(inspect(error)).not.toContain(key)
  expect(server.calls).toEqual([])
})

test('if the function throws, the call fails with its error, and is not sent', async () => {
  const server = api()
  const vault = new Error('the vault is sealed')
  const fail = () => {
    throw vault
  }
  expect(await errorOf(bearerFetch(source(fail), server.fetch)(url))).toBe(vault)
  expect(server.calls).toEqual([])
})

test('a call that is aborted does not wait for them', async () => {
  const server = api()
  const controller = new AbortController()
  const call = bearerFetch(
    source(() => new Promise(() => {})),
    server.fetch,
  )(url, { signal: controller.signal })
  await new Promise((resolve) => setTimeout(resolve, 20))
  controller.abort(new Error('stop'))
  expect(String(await errorOf(call))).toBe('Error: stop')
  expect(server.calls).toEqual([])
})

test("ky's error for a failed call does not show them", async () => {
  const server = api(new Response('', { status: 404 }))
  const error = await errorOf(ky.create({ fetch: server.fetch }).extend(bearer(withKey())).get(url))
  expect((error as Error).name).toBe('HTTPError')
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(key)
})

// Redirects: fetch removes only Authorization before it follows one to another origin.

let locations: Record<string, string>
let seen: [url: string | undefined, key: unknown][]
let origin: string
let elsewhere: string

beforeEach(async () => {
  ;[locations, seen] = [{}, []]
  const listen = async () => {
    const { url: started } = await serve((request, response) => {
      seen.push([request.url, request.headers['x-api-key']])
      const location = locations[request.url ?? '']
      response.writeHead(location ? 302 : 200, location ? { location } : {}).end()
    })
    return started
  }
  ;[origin, elsewhere] = [await listen(), await listen()]
})

const here = () => withKey({ apis: [`${origin}/v1`] })

test('a redirect to an API of the same source is followed, with the headers', async () => {
  locations = { '/v1/a': '/v1/b', '/v1/b': `${origin}/v1/c?d=1` }
  for (const fetch of [undefined, globalThis.fetch.bind(undefined)] as const) {
    seen = []
    expect((await bearerFetch(here(), fetch)(`${origin}/v1/a`)).status).toBe(200)
    expect((await bearerFetch(here(), fetch)(new Request(`${origin}/v1/a`))).status).toBe(200)
    const way = [
      ['/v1/a', key],
      ['/v1/b', key],
      ['/v1/c?d=1', key],
    ]
    expect(seen).toEqual([...way, ...way])
  }
})

test.each([
  ['another origin', () => `${elsewhere}/v1/b`],
  ['another path of the origin', () => '/v2/b'],
])('a redirect to %s is a TypeError that names the origin, and is not followed', async (_what, location) => {
  locations = { '/v1/a': location() }
  const error = await errorOf(bearerFetch(here())(`${origin}/v1/a`))
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain(`example: the API redirects to ${new URL(location(), origin).origin}`)
  expect(seen).toHaveLength(1)
})

test('an API of the source that rejects the token after a redirect gets a newer one', async () => {
  const tokens: unknown[] = []
  const { url: second } = await serve((request, response) => {
    tokens.push(request.headers.authorization)
    response.writeHead(request.headers.authorization === 'Bearer two' ? 200 : 401).end()
  })
  locations = { '/v1/a': `${second}/v1/b` }
  const apis = [`${origin}/v1`, `${second}/v1`]
  expect((await bearerFetch(withKey({ apis }))(`${origin}/v1/a`)).status).toBe(200)
  expect(tokens).toEqual(['Bearer one', 'Bearer two'])
})

test('what is for one origin does not follow to another: cookies, and credentials for a proxy', async () => {
  const received: unknown[] = []
  const { url: second } = await serve((request, response) => {
    const { cookie, 'proxy-authorization': proxy, 'x-own': own, host } = request.headers
    received.push([cookie, proxy, own, host])
    response.end()
  })
  locations = { '/v1/a': '/v1/b', '/v1/b': `${second}/v1/b` }
  const headers = { cookie: 'session=hunter2', 'proxy-authorization': 'Basic hunter2', 'x-own': 'stays' }
  const call = bearerFetch(withKey({ apis: [`${origin}/v1`, `${second}/v1`] }))
  await call(`${origin}/v1/a`, { headers })
  await call(new Request(`${origin}/v1/a`, { headers }))
  const expected = [undefined, undefined, 'stays', new URL(second).host]
  expect(received).toEqual([expected, expected])
})

test('a redirect of a call with a body is a TypeError', async () => {
  locations = { '/v1/a': '/v1/b' }
  const error = await errorOf(bearerFetch(here())(`${origin}/v1/a`, { method: 'POST', body: 'text' }))
  expect(error).toBeInstanceOf(TypeError)
  expect(seen).toHaveLength(1)
})

test('a redirect without end is a TypeError after 20', async () => {
  locations = { '/v1/a': '/v1/a' }
  expect(await errorOf(bearerFetch(here())(`${origin}/v1/a`))).toBeInstanceOf(TypeError)
  expect(seen).toHaveLength(21)
})

test('a caller that asks for redirects to be returned, or to be errors, gets that', async () => {
  locations = { '/v1/a': `${elsewhere}/b` }
  expect((await bearerFetch(here())(`${origin}/v1/a`, { redirect: 'manual' })).status).toBe(302)
  expect(await errorOf(bearerFetch(here())(new Request(`${origin}/v1/a`, { redirect: 'error' })))).toBeInstanceOf(Error)
  expect(seen.every(([to]) => to === '/v1/a')).toBe(true)
})
