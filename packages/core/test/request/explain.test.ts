import ky, { type Options } from 'ky'
import { expect, test } from 'vitest'
import { bearer, bearerFetch } from '../../src/index.ts'
import { membersOf } from '../../src/members.ts'
import { api, errorOf, provider, sourceOver, tokenEndpoint, unauthorized } from '../support.ts'

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
    'two sources',
    'https://other.example/',
    [bearer(source()), bearer(async () => ({ ...membersOf(source()), name: 'second' }))],
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
    'a source whose name has the signs of replacements',
    'https://other.example/',
    [bearer(source({ provider: { ...provider, name: "$& $' $` $$ $1 %s" } }))],
    'https://other.example/',
    "$& $' $` $$ $1 %s",
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

test('the error of a 401 gives the reason for an exception of a host in a network of containers', async () => {
  const inside = { apis: ['http://api:8080'], exceptApis: ['http://api:8080/oauth'], insecureHosts: ['api:8080'] }
  const url = 'http://api:8080/oauth'
  const error = await errorAt(url, [bearer('fixed', inside)])
  expect(error.message).toBe(
    `${plain(url)}. No token was sent, because ${url} is among the exceptApis of the token source`,
  )
})

const exceptApis = ['https://api.example/oauth']

test.each<[string, string, Options[], string]>([
  ['an exception', '/oauth/x?q=1', [bearer(source({ exceptApis }))], '/oauth/x is among the exceptApis of example'],
  ['another spelling of it', '/OAUTH.', [bearer(source({ exceptApis }))], '/OAUTH. is among the exceptApis of example'],
  [
    'hidden dots',
    '/v1/..%2fx',
    [bearer(source())],
    '/v1/..%2fx can be read in a way that leads out of the apis of example',
  ],
  [
    'an exception of one source, and outside of another',
    '/oauth/x',
    [
      bearer(source({ exceptApis })),
      bearer('fixed', { apis: ['https://other.example'] }),
      bearer(() => undefined),
      bearer(source({ provider: { ...provider, name: 'second' }, exceptApis })),
    ],
    '/oauth/x is among the exceptApis of example, second, and is not among the apis of the token source',
  ],
])('the error of a 401 without a token gives the reason of each source: %s', async (_what, path, added, because) => {
  const error = await errorAt(`https://api.example${path}`, added)
  expect(error.message).toBe(
    `${plain(`https://api.example${path}`)}. No token was sent, because https://api.example${because}`,
  )
  expect(error.stack).toContain(error.message)
})

test.each([
  ['one function', [bearer(() => undefined)]],
  ['a function that is async', [bearer(async () => undefined)]],
  ['two functions', [bearer(() => undefined), bearer(() => undefined)]],
])('the error of a 401 says that no source was chosen: %s', async (_what, added) => {
  const url = 'https://api.example/'
  expect((await errorAt(url, added)).message).toBe(
    `${plain(url)}. No token was sent, because no token source was chosen for it`,
  )
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

const hook = (seen: string[]) => ({
  hooks: { beforeError: [({ error }: { error: Error }) => (seen.push(error.message), error)] },
})

test.each<[string, (seen: string[]) => [Options[], Options?]]>([
  ['before the source', (seen) => [[hook(seen), bearer(source())]]],
  ['after the source', (seen) => [[bearer(source()), hook(seen)]]],
  ['of the call', (seen) => [[bearer(source())], hook(seen)]],
  ['between two sources', (seen) => [[bearer(source()), hook(seen), bearer(() => undefined)]]],
])('a beforeError hook gets the explained error one time, no matter where it is added: %s', async (_what, make) => {
  const seen: string[] = []
  const error = await errorAt('https://other.example/', ...make(seen))
  expect(error.message.split('No token was sent')).toHaveLength(2)
  expect(seen).toEqual([error.message])
})

test('if ky retries a 401, its last error is explained one time', async () => {
  const seen: string[] = []
  const retry = { limit: 2, statusCodes: [401], delay: () => 0 }
  const error = await errorAt('https://other.example/', [bearer(source())], { ...hook(seen), retry })
  expect(error.message).toBe(
    `${plain('https://other.example/')}. No token was sent, because https://other.example/ is not among the apis of example`,
  )
  expect(seen).toEqual([error.message])
})

test('what is added to the error shows no query and no token', async () => {
  const tokens = source()
  await tokens.setToken({ accessToken: 'a-secret-token' })
  const error = await errorAt('https://other.example/v1?key=s3cret#s3cret', [bearer(tokens)])
  const added = error.message.slice(error.message.indexOf('No token was sent'))
  expect(added).toBe('No token was sent, because https://other.example/v1 is not among the apis of example')
  expect(error.message).not.toContain('a-secret-token')
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

test('the URL of a Request that says another one is the one that it is sent to', async () => {
  class Other extends Request {
    override get url() {
      return 'https://api.example/'
    }
  }
  const beforeRequest = [() => new Other('https://other.example/v1')]
  const error = await errorAt('https://api.example/', [bearer(source())], { hooks: { beforeRequest } })
  expect(error.message).toContain('because https://other.example/v1 is not among the apis of example')
})
