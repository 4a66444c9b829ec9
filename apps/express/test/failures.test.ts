import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { listen } from '../src/listen.ts'
import { startSite } from './support.ts'

const search = '/?postalCode=35000'

test('a token endpoint that is down makes a 503, and passes on how long to wait', async () => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(1, { status: 503, headers: { 'Retry-After': '30' } })
  const { status, headers, text } = await site.get(search)
  expect([status, headers.get('retry-after')]).toEqual([503, '30'])
  expect(text).toContain('Orange is not available')
  expect(site.log).toEqual([expect.stringMatching(/^GET \/ 503 OrangeError: OAuthError TOKEN_UNAVAILABLE: .*503/)])
})

test('without a word on how long to wait there is no Retry-After', async () => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(1, { status: 500 })
  const { status, headers } = await site.get(search)
  expect([status, headers.get('retry-after')]).toEqual([503, null])
})

test('refused credentials make a 502 that says so, and neither page nor log shows a secret', async () => {
  const clientSecret = 'a-wrong-secret'
  await using site = await startSite({ clientSecret })
  const { status, text } = await site.get(search)
  expect(status).toBe(502)
  expect(text).toContain('Credentials refused')
  expect(site.log).toEqual([expect.stringContaining('TOKEN_REFUSED')])
  for (const secret of [clientSecret, btoa(`emulated-client:${clientSecret}`)]) {
    expect(text + site.log.join()).not.toContain(secret)
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
  const tokens: (string | null)[] = []
  site.emulator.orange.answerApiCalls(Infinity, (request) => {
    tokens.push(request.headers.get('authorization'))
    return new Response('details', { status: apiStatus, headers: { 'X-OAPI-Request-Id': 'id-123', ...headers } })
  })
  const answer = await site.get(search)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
  expect(answer.text).not.toMatch(/details|id-123|OrangeError/)
  expect(site.log).toEqual([expect.stringMatching(new RegExp(`HTTPError: .*${apiStatus}.*\\(request id-123\\)$`))])

  expect(tokens[0]).toMatch(/^Bearer .+/)
  const token = tokens[0]?.slice('Bearer '.length) ?? ''
  expect(answer.text + site.log.join()).not.toContain(token)
})

test('one bad gateway at the API is got over by a retry', async () => {
  await using site = await startSite()
  site.emulator.orange.answerApiCalls(1, { status: 502 })
  expect((await site.get(search)).status).toBe(200)
  expect(site.emulator.orange.counters.apiCalls).toBe(2)
})

test('a token that was revoked is replaced without the visitor noticing', async () => {
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
  expect(site.log).toHaveLength(1)
})

test.each(['holdApiCalls', 'holdTokenRequests'] as const)('the visitor does not wait for ever: %s', async (hold) => {
  await using site = await startSite({ attemptTimeoutMs: 50 })
  site.emulator.orange[hold]()
  const { status, text } = await site.get(search)
  expect(status).toBe(503)
  expect(text).toContain('Orange is not available')
  expect(site.log).toEqual([expect.stringContaining('TimeoutError')])
})

test('an API that cannot be reached makes a 503', async () => {
  await using site = await startSite()
  await site.get(search)
  await site.stopOrange()
  const { status } = await site.get(search)
  expect(site.log).toEqual([expect.stringMatching(/refused/i)])
  expect(status).toBe(503)
})

test('an answer that breaks off makes a 503', async () => {
  const token = JSON.stringify({ token_type: 'Bearer', access_token: 'a-token', expires_in: 3600 })
  const orange: RequestListener = (request, response) => {
    if (request.method === 'POST') response.end(token)
    else response.writeHead(200, { 'Content-Length': 1000 }).write('[{', () => response.destroy())
  }
  await using server = await listen(orange, { host: '127.0.0.1', port: 0 })
  await using site = await startSite({ url: server.url })
  const { status } = await site.get(search)
  expect([status, site.log]).toEqual([503, [expect.stringMatching(/^GET \/ 503 OrangeError: /)]])
})

test('a request that cannot be served keeps its status, and is nothing for the log', async () => {
  await using site = await startSite()
  const { status, text } = await site.get('/style.css', { headers: { Range: 'bytes=1000000-' } })
  expect(status).toBe(416)
  expect(text).toContain('Bad request')
  expect(site.log).toEqual([])
})
