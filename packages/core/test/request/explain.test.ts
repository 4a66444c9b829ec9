import ky, { type Options } from 'ky'
import { expect, test } from 'vitest'
import { bearer, bearerFetch } from '../../src/index.ts'
import { api, errorOf, sourceOver, tokenEndpoint, unauthorized } from '../support.ts'

/** A token endpoint that rejects every token, as an API. */
const rejecting = () => api(...Array.from({ length: 9 }, () => unauthorized()))

const source = (own: object = {}) => sourceOver(tokenEndpoint(), own)

const errorAt = async (url: string, added: Options[], options: Options = {}) => {
  const client = added.reduce((base, one) => base.extend(one), ky.create({ fetch: rejecting().fetch }))
  return (await errorOf(client.get(url, options))) as Error
}

const plain = (url: string) => `Request failed with status code 401: GET ${url}`

test.each([
  ['another host', 'https://other.example/v1?q=1', [bearer(source())], 'https://other.example/v1', 'example'],
  [
    'a look-alike host',
    'https://api.example.evil.test/',
    [bearer(source())],
    'https://api.example.evil.test/',
    'example',
  ],
  ['http:', 'http://api.example/v1', [bearer(source())], 'http://api.example/v1', 'example: use https:'],
  [
    'an exception',
    'https://api.example/oauth/x',
    [bearer(source({ exceptApis: ['https://api.example/oauth'] }))],
    'https://api.example/oauth/x',
    'example',
  ],
  [
    'two sources',
    'https://other.example/',
    [bearer(source()), bearer(async () => ({ ...source(), name: 'second' }))],
    'https://other.example/',
    'example, second',
  ],
  [
    'two sources of one provider',
    'https://other.example/',
    [bearer(source()), bearer(source())],
    'https://other.example/',
    'example',
  ],
  [
    'a source without a name',
    'https://other.example/',
    [bearer('a-fixed-token', { apis: ['https://api.example'] })],
    'https://other.example/',
    'the token source',
  ],
  [
    'a selector that chooses none next to a source',
    'https://other.example/',
    [bearer(() => undefined), bearer(source())],
    'https://other.example/',
    'example',
  ],
])('the error of a 401 without a token names the URL and the provider: %s', async (_what, url, added, named, names) => {
  const error = await errorAt(url, added)
  expect(error).toHaveProperty('name', 'HTTPError')
  const message = `${plain(url)}. No token was sent, because ${named} is not among the apis of ${names}`
  expect(error.message).toBe(message)
  expect(error.stack).toContain(message)
})

test.each<[string, string, Options[], Options?]>([
  ['got a token', 'https://api.example/v1', [bearer(source())]],
  ['has its own credentials', 'https://other.example/', [bearer(source())], { headers: { authorization: 'Basic x' } }],
  [
    'has its own credentials for an API',
    'https://api.example/',
    [bearer(source())],
    { headers: { authorization: 'x' } },
  ],
  ['has no source', 'https://other.example/', [bearer(() => undefined)]],
  [
    'comes from a hook',
    'https://other.example/',
    [bearer(source())],
    { hooks: { beforeRequest: [() => unauthorized()] } },
  ],
])('the error of a 401 stays as it is if the call %s', async (_what, url, added, options) => {
  expect((await errorAt(url, added, options)).message).toBe(plain(url))
})

test.each([400, 403, 404, 500])('the error of a %i without a token stays as it is', async (status) => {
  const url = 'https://other.example/'
  const client = ky.create({ fetch: api(new Response(null, { status })).fetch, retry: 0 }).extend(bearer(source()))
  expect(await errorOf(client.get(url))).toHaveProperty('message', plain(url).replace('401', String(status)))
})

test('the last attempt decides: a call that then got a token is not explained', async () => {
  const url = 'https://other.example/'
  const fetch = api(new Response('', { status: 503 }), unauthorized(), unauthorized()).fetch
  const beforeRetry = [() => new Request('https://api.example/v1')]
  const client = ky.create({ fetch, retry: { delay: () => 0 } }).extend(bearer(source()))
  const error = await errorOf(client.get(url, { hooks: { beforeRetry } }))
  expect(error).toHaveProperty('message', plain('https://api.example/v1'))
})

test("the caller's own beforeError hooks get the explained error, also if a hook replaced the response", async () => {
  const seen: string[] = []
  const hooks = {
    afterResponse: [() => unauthorized()],
    beforeError: [({ error }: { error: Error }) => (seen.push(error.message), error)],
  }
  await errorAt('https://other.example/', [{ hooks }, bearer(source())])
  expect(seen).toEqual([expect.stringContaining('not among the apis of example')])
})

test('without throwHttpErrors, and with bearerFetch, the call gets its 401', async () => {
  const { fetch } = rejecting()
  const client = ky.create({ fetch, throwHttpErrors: false }).extend(bearer(source()))
  expect((await client.get('https://other.example/')).status).toBe(401)
  expect((await bearerFetch(source(), fetch)('https://other.example/')).status).toBe(401)
})

test('an error without a response stays as it is', async () => {
  const error = new Error('offline')
  const client = ky.create({ fetch: api(error).fetch }).extend(bearer(source()))
  expect(await errorOf(client.get('https://other.example/'))).toBe(error)
})

test.each([
  ['a URL', (url: string) => url],
  ['a URL object', (url: string) => new URL(url)],
])('the error of a 401 stays as it is if a hook passes on %s instead of the request', async (_what, inputOf) => {
  const url = 'https://other.example/'
  const init = (options: Options) => {
    const inner = options.fetch
    options.fetch = async (input) => inner?.(inputOf((input as Request).url)) as Promise<Response>
  }
  const client = ky
    .create({ fetch: rejecting().fetch })
    .extend(bearer(source()))
    .extend({ hooks: { init: [init] } })
  expect(await errorOf(client.get(url))).toHaveProperty('message', plain(url))
})
