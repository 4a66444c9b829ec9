import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { orange } from '@oauthkit/orange'
import { expect, test } from 'vitest'
import { memoryStores } from '../src/stores/memory-stores.ts'
import { listen } from '../src/web/listen.ts'
import { startSite, type Site } from './support.ts'

const search = '/shops?postalCode=35000'

/** The errors in a log, which are for the operator. */
const errorsOf = ({ log }: Site) => log.filter(({ level }) => Number(level) >= 50)

test('a token endpoint that is down makes a 503, which says how long to wait', async () => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(1, { status: 503, headers: { 'Retry-After': '30' } })
  const { status, headers, text } = await site.get(search)
  expect([status, headers.get('retry-after')]).toEqual([503, '30'])
  expect(text).toContain('Orange is not available')
  expect(errorsOf(site)).toMatchObject([{ reason: 'unavailable', why: expect.stringContaining('TOKEN_UNAVAILABLE') }])
  const failed = { msg: 'token', token: 'shops', event: 'failed', error: expect.stringContaining('503') }
  expect(site.log).toContainEqual(expect.objectContaining(failed))
})

test('the log of a failure shows no query, because it is what a visitor searched for', async () => {
  await using site = await startSite()
  site.emulator.orange.answerApiCalls(5, { status: 500 })
  expect((await site.get(search)).status).toBe(503)
  expect(errorsOf(site)).toMatchObject([{ reason: 'unavailable' }])
  expect(site.logText()).not.toMatch(/postalCode|[?&=]35000/)
})

test('if the provider does not say how long to wait, there is no Retry-After', async () => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(1, { status: 500 })
  const { status, headers } = await site.get(search)
  expect([status, headers.get('retry-after')]).toEqual([503, null])
})

test('refused credentials make a 502 that says so, and neither page nor log shows a secret', async () => {
  await using site = await startSite()
  site.emulator.orange.clients.set('emulated-client', 'another-secret')
  const { status, text } = await site.get(search)
  expect(status).toBe(502)
  expect(text).toContain('Credentials refused')
  expect(errorsOf(site)).toMatchObject([{ reason: 'refused', why: expect.stringContaining('TOKEN_REFUSED') }])
  for (const secret of ['emulated-secret', btoa('emulated-client:emulated-secret')]) {
    expect(text + site.logText()).not.toContain(secret)
  }
})

test('a token answer that is neither token nor error makes a 502', async () => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(1, { status: 200, body: '<html>Maintenance</html>' })
  const { status, text } = await site.get(search)
  expect(status).toBe(502)
  expect(text).toContain('Unexpected answer')
})

test.each([
  [429, { 'Retry-After': '7' }, 503, '7'],
  [503, { 'Retry-After': 'Wed, 21 Oct 2065 07:28:00 GMT' }, 503, null],
  [504, {}, 503, null],
  [404, {}, 502, null],
  [403, {}, 502, null],
])('an API that answers %i with %j makes a %i', async (apiStatus, headers, status, retryAfter) => {
  await using site = await startSite()
  site.emulator.orange.answerApiCalls(
    Infinity,
    () => new Response('details', { status: apiStatus, headers: { 'X-OAPI-Request-Id': 'id-123', ...headers } }),
  )
  const answer = await site.get(search)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
  expect(answer.text).not.toMatch(/details|id-123|ApiError/)
  const why = expect.stringMatching(new RegExp(`HTTPError: .*${apiStatus}.*\\(request id-123\\)$`))
  expect(errorsOf(site)).toMatchObject([{ why }])
})

test('a call is sent again after one bad gateway of the API', async () => {
  await using site = await startSite()
  site.emulator.orange.answerApiCalls(1, { status: 502 })
  expect((await site.get(search)).status).toBe(200)
  expect(site.emulator.orange.counters.apiCalls).toBe(2)
})

test('a token that was revoked is replaced, and the visitor does not notice', async () => {
  await using site = await startSite()
  await site.get(search)
  site.emulator.orange.revoke()
  expect((await site.get(search)).status).toBe(200)
  expect(site.emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 3 })
})

test.each([
  ['not JSON', '<html>'],
  ['not a list', { shops: [] }],
  ['a list of something else', [{ name: 'Boutique', address: null, postalCode: '35000', city: 'Rennes' }]],
])('an answer that is %s makes a 502', async (_what, body) => {
  await using site = await startSite()
  site.emulator.orange.answerApiCalls(1, { status: 200, body })
  const { status, text } = await site.get(search)
  expect(status).toBe(502)
  expect(text).toContain('Unexpected answer')
  expect(errorsOf(site)).toHaveLength(1)
})

test.each([
  ['campaigns', 'digitaleo'],
  ['contracts', 'bouygues'],
] as const)('an answer that is wrong makes a 502 for %s, too', async (path, provider) => {
  await using site = await startSite()
  site.emulator[provider].answerApiCalls(1, { status: 200, body: { list: 'none' } })
  expect((await site.get(`/${path}`)).status).toBe(502)
})

test.each(['holdApiCalls', 'holdTokenRequests'] as const)('the visitor does not wait without end: %s', async (hold) => {
  await using site = await startSite({ attemptTimeoutMs: 50 })
  site.emulator.orange[hold]()
  const { status, text } = await site.get(search)
  expect(status).toBe(503)
  expect(text).toContain('Orange is not available')
  expect(errorsOf(site)).toMatchObject([{ why: expect.stringContaining('TimeoutError') }])
})

test('an API that cannot be reached makes a 503', async () => {
  await using site = await startSite()
  await site.get(search)
  await site.stopEmulator()
  const { status } = await site.get(search)
  expect(errorsOf(site)).toMatchObject([{ why: expect.stringMatching(/refused/i) }])
  expect(status).toBe(503)
})

test('an answer that breaks off makes a 503', async () => {
  const token = JSON.stringify({ token_type: 'Bearer', access_token: 'a-token', expires_in: 3600 })
  const answer: RequestListener = (request, response) => {
    if (request.method === 'POST') response.end(token)
    else response.writeHead(200, { 'Content-Length': 1000 }).write('[{', () => response.destroy())
  }
  await using server = await listen(answer, { host: '127.0.0.1', port: 0 })
  const { url } = server
  const provider = { ...orange, tokenEndpoint: `${url}/token`, apis: [url] }
  const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
  await using site = await startSite({ clients: { shops: { mode: 'live', provider, url, credentials } } })
  const { status } = await site.get(search)
  expect([status, errorsOf(site)]).toMatchObject([503, [{ reason: 'unavailable' }]])
})

test('a request that cannot be served keeps its status, and is no error in the log', async () => {
  await using site = await startSite()
  const { status, headers, text } = await site.get('/style.css', { headers: { Range: 'bytes=1000000-' } })
  expect(status).toBe(416)
  expect(text).toContain('Bad request')
  // Caches can keep the file, but not the page that says why there is none.
  expect(headers.get('cache-control')).toBe('no-store')
  expect(errorsOf(site)).toEqual([])
})

test('a mistake of the app makes a 500 without details, and the stack is in the log', async () => {
  const stores = memoryStores([randomBytes(32).toString('base64url')])
  await using site = await startSite({ stores })
  const visitor = site.visit()
  await visitor.signIn()
  stores.ended.has = () => {
    throw Object.assign(new Error('a bug'), { request: 'private' })
  }
  const { status, text } = await visitor.get('/profile')
  expect(status).toBe(500)
  expect(text).toContain('Something went wrong')
  expect(text).not.toMatch(/a bug|\.ts/)
  const stack = expect.stringMatching(/^Error: a bug\n\s+at .*failures\.test\.ts/)
  // Its other properties are left out: there may be a request among them.
  expect(errorsOf(site)).toMatchObject([{ err: { type: 'Error', message: 'a bug', stack } }])
  expect(site.logText()).not.toContain('private')
})

test('a client that asks for JSON gets problem details', async () => {
  await using site = await startSite()
  site.emulator.orange.answerApiCalls(1, { status: 429, headers: { 'Retry-After': '7' } })
  const { status, headers, text } = await site.get(search, { headers: { Accept: 'application/json' } })
  expect([status, headers.get('retry-after')]).toEqual([503, '7'])
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(JSON.parse(text)).toEqual({
    title: 'Orange is not available',
    status: 503,
    detail: expect.stringContaining('asks us to wait'),
  })
})

test.each(['/nowhere', '/..%2Fpackage.json', '/%E0%A4%A', '/profile/'])('there is nothing at %s', async (path) => {
  await using site = await startSite({ clients: {} })
  const { status, text } = await site.get(path)
  expect(status).toBe(404)
  expect(text).toContain('<h1>Page not found</h1>')
})
