import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clientSecretPost, isOAuthError, type OAuthError } from '../../src/index.ts'
import { requestToken, type TokenRequest } from '../../src/plugin/index.ts'
import { deferred, errorOf, grant, provider, refusal, secret, tokenEndpoint } from '../support.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})

afterEach(() => {
  expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
  vi.useRealTimers()
})

type Script = Parameters<typeof tokenEndpoint>

function ask(endpoint: { fetch: typeof fetch }, request: Partial<TokenRequest> = {}) {
  const parameters = { grant_type: 'client_credentials' }
  return requestToken({
    provider,
    clientId: 'app',
    clientSecret: secret,
    parameters,
    fetch: endpoint.fetch,
    ...request,
  })
}

/** Asks a scripted token endpoint: `outcome` returns the token, `failure` returns the error. */
const outcome = (...script: Script) => ask(tokenEndpoint(...script))
const failure = async (...script: Script) => (await errorOf(outcome(...script))) as OAuthError

test('a token request is one POST with a form that accepts JSON and follows no redirect', async () => {
  const endpoint = tokenEndpoint()
  await ask(endpoint)
  const [request] = endpoint.requests
  expect(endpoint.requests).toHaveLength(1)
  expect(request?.url).toBe('https://id.example/token')
  expect(request?.method).toBe('POST')
  expect(request?.redirect).toBe('manual')
  expect(Object.fromEntries(request?.headers ?? [])).toEqual({
    accept: 'application/json',
    authorization: `Basic ${btoa(`app:${secret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
    'x-request-id': expect.any(String),
  })
  expect(await request?.text()).toBe('grant_type=client_credentials')
})

test('a parameter without a value is not sent, and a list is sent as a repeated parameter', async () => {
  const endpoint = tokenEndpoint()
  await ask(endpoint, {
    parameters: { a: 'x y', b: undefined, resource: ['https://r.example/1', 'https://r.example/2'] },
  })
  expect(await endpoint.requests[0]?.text()).toBe(
    'a=x+y&resource=https%3A%2F%2Fr.example%2F1&resource=https%3A%2F%2Fr.example%2F2',
  )
})

test('credentials and parameters are looked up again for each request', async () => {
  const endpoint = tokenEndpoint()
  let count = 0
  const request: Partial<TokenRequest> = {
    clientAuth: clientSecretPost,
    clientId: async () => `app-${(count += 1)}`,
    clientSecret: () => `secret-${count}`,
    parameters: async () => ({ n: `${count}` }),
  }
  await ask(endpoint, request)
  await ask(endpoint, request)
  expect(await endpoint.requests[0]?.text()).toBe('n=1&client_id=app-1&client_secret=secret-1')
  expect(await endpoint.requests[1]?.text()).toBe('n=2&client_id=app-2&client_secret=secret-2')
})

test.each([
  [{ clientId: '' }, 'example: clientId is missing'],
  [{ clientId: () => '' }, 'example: clientId is missing'],
  [{ clientSecret: '' }, 'example: clientSecret is missing'],
  [{ clientSecret: async () => undefined as never }, 'example: clientSecret is missing'],
  [{ provider: { ...provider, tokenEndpoint: 'http://id.example/token' } }, 'example: tokenEndpoint must be https:'],
  [{ provider: { ...provider, tokenEndpoint: '/token' } }, 'example: tokenEndpoint is not an absolute URL'],
])('wrong options are a TypeError, and nothing is sent: %o', async (request, message) => {
  const endpoint = tokenEndpoint()
  const error = await errorOf(ask(endpoint, request))
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toHaveProperty('message', expect.stringContaining(message))
  expect(endpoint.requests).toHaveLength(0)
})

test('a failed look-up is TOKEN_UNAVAILABLE, so that no HTTP client mistakes it for its own network error', async () => {
  const endpoint = tokenEndpoint()
  const clientSecret = async () => {
    throw new TypeError('fetch failed', { cause: new Error('vault is sealed') })
  }
  expect(await errorOf(ask(endpoint, { clientSecret }))).toMatchObject({
    name: 'OAuthError',
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: clientSecret could not be looked up (TypeError)',
  })
  expect(endpoint.requests).toHaveLength(0)
})

test.each([
  ['parameters', { parameters: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('kms') })) }],
  ['clientAuth', { clientAuth: () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' })) }],
])('a network error in the function %s is TOKEN_UNAVAILABLE', async (_what, request) => {
  const endpoint = tokenEndpoint()
  expect(await errorOf(ask(endpoint, request))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toHaveLength(0)
})

test('a client authentication without its secret is a TypeError that names the provider', async () => {
  const error = await errorOf(ask(tokenEndpoint(), { clientSecret: undefined }))
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toHaveProperty('message', 'example: clientSecretBasic needs a clientSecret')
})

test("the description in Orange's errors becomes the errorDescription", async () => {
  const answer = Response.json({ code: 61, message: 'Method not allowed', description: 'Use POST.' }, { status: 405 })
  expect(await failure(answer)).toMatchObject({ code: 'TOKEN_MALFORMED', errorDescription: 'Use POST.' })
})

test('the message of an error becomes the errorDescription if there is no description', async () => {
  const answer = Response.json({ code: 61, message: 'Method not allowed' }, { status: 405 })
  expect(await failure(answer)).toMatchObject({ errorDescription: 'Method not allowed' })
})

test('a token has all members of the answer, and extra holds those that OAuth does not define', async () => {
  const members = {
    refresh_token: 'refresh-1',
    scope: 'read',
    id_token: 'h.p.s',
    refresh_credit: 0,
    'not-before-policy': 0,
  }
  expect(await outcome(grant('token-1', members))).toEqual({
    accessToken: 'token-1',
    expiresAt: 1_000_000 + 3_600_000,
    refreshToken: 'refresh-1',
    scope: 'read',
    idToken: 'h.p.s',
    extra: { refresh_credit: 0, 'not-before-policy': 0 },
  })
})

test('a token leaves out members that are missing, null, empty or of the wrong type', async () => {
  const members = { refresh_token: null, scope: '', id_token: 7 }
  expect(await outcome(grant('token-1', members))).toEqual({ accessToken: 'token-1', expiresAt: 4_600_000 })
})

test('the lifetime of a token counts from the moment before its request was sent', async () => {
  const answer = deferred<Response>()
  const token = outcome(answer.promise)
  await vi.advanceTimersByTimeAsync(4000)
  answer.resolve(grant('token-1', { expires_in: 60 }))
  expect((await token).expiresAt).toBe(1_000_000 + 60_000)
})

const year = 365 * 24 * 3600

test.each([
  [3600, 3600],
  ['3600', 3600],
  [' 60 ', 60],
  [59.9, 59],
  ['59.9', 59],
  [0, 0],
  ['0', 0],
  [year + 1, year],
  [1e308, year],
  ['99999999999999999999', year],
  [undefined, 1800],
  [null, 1800],
  ['', 1800],
  ['soon', 1800],
  ['NaN', 1800],
  ['-1', 1800],
  ['60s', 1800],
  ['1e3', 1800],
  [-1, 1800],
  [true, 1800],
  [[60], 1800],
  [{}, 1800],
])("expires_in %j is read as %i s if the provider's default is 1800 s", async (expires_in, seconds) => {
  const endpoint = tokenEndpoint(grant('token-1', { expires_in }))
  const token = await ask(endpoint, { provider: { ...provider, defaultLifetimeMs: 1_800_000 } })
  expect(token.expiresAt).toBe(1_000_000 + seconds * 1000)
})

test("without a provider's default, an unknown lifetime counts as one hour", async () => {
  expect((await outcome(grant('token-1', { expires_in: undefined }))).expiresAt).toBe(1_000_000 + 3_600_000)
})

test('a lifetime that is too large for a number is cut to one year', async () => {
  const answer = new Response('{"access_token":"token-1","expires_in":1e999}')
  expect((await outcome(answer)).expiresAt).toBe(1_000_000 + year * 1000)
})

test.each(['Bearer', 'bearer', 'BEARER', undefined, null])('the token_type %s is accepted', async (token_type) => {
  expect(await outcome(grant('token-1', { token_type }))).toMatchObject({ accessToken: 'token-1' })
})

test.each(['DPoP', 'N_A', 'mac', 'BearerToken', '', 7, {}])(
  'the token_type %j is TOKEN_MALFORMED',
  async (token_type) => {
    expect(await failure(grant('token-1', { token_type }))).toMatchObject({ code: 'TOKEN_MALFORMED', status: 200 })
  },
)

test.each([
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 7],
  ['an object', {}],
  ['text with CR and LF', 'abc\r\nX-Evil: 1'],
  ['text with NUL', 'abc\0'],
  ['text with a blank', 'abc def'],
  ['text with a blank at the end', 'abc '],
  ['text with a tab', 'abc\tdef'],
  ['text with é', 'abcé'],
  ['text with an emoji', 'abc🔑'],
  ['text with DEL', 'abc\x7F'],
])('an access_token that is %s is TOKEN_MALFORMED, and the error does not show it', async (_what, access_token) => {
  const error = await failure(grant('', { access_token }))
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', provider: 'example', status: 200 })
  expect(error.message).not.toContain('abc')
})

test('a token of 50,000 characters is accepted', async () => {
  const long = 'x'.repeat(50_000)
  expect(await outcome(grant(long))).toMatchObject({ accessToken: long })
})

test.each([
  ['another content type', new Response('{"access_token":"token-1"}', { headers: { 'content-type': 'text/html' } })],
  ['a byte order mark', new Response('\uFEFF{"access_token":"token-1"}')],
  ['spaces around the JSON', new Response(' \n{"access_token":"token-1"}\n ')],
  ['status 201', new Response('{"access_token":"token-1"}', { status: 201 })],
  [
    'a challenge in its headers',
    new Response('{"access_token":"token-1"}', { headers: { 'www-authenticate': 'Basic' } }),
  ],
])('an answer with %s is read', async (_what, answer) => {
  expect(await outcome(answer)).toMatchObject({ accessToken: 'token-1' })
})

test.each([
  ['an empty body', new Response('')],
  ['no body', new Response(null, { status: 204 })],
  ['HTML', new Response('<html>Sign in</html>', { status: 400 })],
  ['JSON that is cut off', new Response('{"access_token":"token-1"')],
  ['a JSON list', new Response('[{"access_token":"token-1"}]')],
  ['a JSON string', new Response('"token-1"')],
  ['the JSON value null', new Response('null')],
  ['a 404 page', new Response('not found', { status: 404 })],
  ['a token in a 400', Response.json({ access_token: 'token-1' }, { status: 400 })],
  ['a body of more than 1 MB', new Response(`{"access_token":"token-1","x":"${'x'.repeat(1_048_576)}"}`)],
])('an answer with %s is TOKEN_MALFORMED', async (_what, answer) => {
  const { status } = answer
  const error = await failure(answer)
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', provider: 'example', status })
  expect(error.message).toMatch(
    /^example: the tokenEndpoint answered \d+( \(Sign in\)| \(not found\))?: .*; check the provider's tokenEndpoint/,
  )
  expect(error.message).not.toContain('token-1')
})

test.each([
  ['a redirect, and credentials are never sent to another URL', new Response(null, { status: 300 })],
  [
    'a redirect, and credentials are never sent to another URL',
    new Response('{"error":"invalid_client"}', { status: 399 }),
  ],
  ['more than 1 MB', new Response(`${' '.repeat(1_048_576)}x`)],
  ['neither a success nor an OAuth error', new Response('', { status: 404 })],
  ['neither a token nor an OAuth error', new Response('{}')],
  ['an access_token that no header can hold', Response.json({ access_token: 'a b' })],
  [
    'a token_type other than bearer, and not one of tokenTypes',
    Response.json({ access_token: 'a', token_type: 'mac' }),
  ],
])('the message names the reason: %s', async (reason, answer) => {
  const { message } = await failure(answer)
  expect(message).toContain(`: ${reason}; check the provider's tokenEndpoint`)
})

test('an answer of exactly 1 MB is read', async () => {
  const json = '{"access_token":"token-1"}'
  expect(await outcome(new Response(json.padEnd(1_048_576)))).toMatchObject({ accessToken: 'token-1' })
})

test('a character that is split between two chunks is read correctly', async () => {
  const bytes = new TextEncoder().encode('{"access_token":"token-1","name":"é"}')
  const body = new ReadableStream({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  expect((await outcome(new Response(body))).extra).toEqual({ name: 'é' })
})

test("the server's error text still shows sent values that are not secret", async () => {
  const words = ['client_credentials', 'read:all', 'https://r.example', 'my-audience', 'app-id']
  const answer = Response.json({ error: 'invalid_scope', error_description: words.join(' ') }, { status: 400 })
  const [grant_type = '', scope, resource, audience, clientId = ''] = words
  const request = { clientId, clientAuth: clientSecretPost, parameters: { grant_type, scope, resource, audience } }
  expect(await errorOf(ask(tokenEndpoint(answer), request))).toMatchObject({ errorDescription: words.join(' ') })
})

test("every other sent parameter is redacted from the server's error text, unless it is too short to be a secret", async () => {
  const answer = Response.json({ error: 'x', error_description: 'abcd abc' }, { status: 400 })
  const parameters = { grant_type: 'x', code: 'abcd', mode: 'abc' }
  expect(await errorOf(ask(tokenEndpoint(answer), { parameters }))).toMatchObject({
    errorDescription: '[redacted] abc',
  })
})

test('a thrown value that is not an error is reported as an unknown reason', async () => {
  const thrower = { fetch: () => Promise.reject(Object.create(null) as Error) }
  expect(await errorOf(ask(thrower))).toHaveProperty('message', expect.stringContaining('(unknown reason)'))
})

test('reading an endless body stops after about 1 MB', async () => {
  let chunks = 0
  const body = new ReadableStream({
    pull: (controller) => {
      chunks += 1
      controller.enqueue(new Uint8Array(100_000).fill(32))
    },
  })
  expect(await failure(new Response(body))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  expect(chunks).toBeLessThan(15)
})

test.each([301, 302, 303, 307, 308])(
  'a redirect with status %i is not followed, and is TOKEN_MALFORMED',
  async (status) => {
    const answer = new Response(null, { status, headers: { location: 'https://evil.test/?code=1' } })
    const error = await failure(answer)
    expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', status })
    expect(error.message).not.toContain('evil')
  },
)

test('an opaque redirect, as browsers show it, is TOKEN_MALFORMED too', async () => {
  const answer = Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' })
  expect(await failure(answer)).toMatchObject({ code: 'TOKEN_MALFORMED' })
})

test.each([
  [400, 'invalid_request'],
  [400, 'invalid_scope'],
  [401, 'invalid_client'],
  [403, 'access_denied'],
  [200, 'invalid_grant'],
])('status %i with error %s is TOKEN_REFUSED', async (status, error) => {
  const answer = Response.json({ error, error_description: 'Because.', access_token: 'token-1' }, { status })
  const refused = await failure(answer)
  expect(refused).toMatchObject({
    code: 'TOKEN_REFUSED',
    provider: 'example',
    status,
    error,
    errorDescription: 'Because.',
  })
  expect(refused.message).toMatch(
    new RegExp(`^example: the tokenEndpoint answered ${status} ${error} \\(Because\\.\\): `),
  )
  expect(isOAuthError(refused)).toBe(true)
})

test.each([
  [429, undefined],
  [408, undefined],
  [500, undefined],
  [503, 'invalid_grant'],
  [400, 'temporarily_unavailable'],
  [200, 'server_error'],
])('status %i with error %s is TOKEN_UNAVAILABLE', async (status, error) => {
  expect(await failure(Response.json({ error }, { status }))).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    status,
    message: expect.stringMatching(/: try again later$/),
  })
})

test.each([
  ['7', 1_007_000],
  ['0', 1_000_000],
  [new Date(1_005_000).toUTCString(), 1_005_000],
  [new Date(0).toUTCString(), 0],
  ['99999999999999', 87_400_000],
  ['soon', undefined],
  ['7x', undefined],
  ['x7', undefined],
  ['', undefined],
])('Retry-After %s, received at the time 1,000,000, sets retryAt to %s', async (header, retryAt) => {
  expect((await failure(refusal('slow', 503, { 'retry-after': header }))).retryAt).toBe(retryAt)
})

test("the error has the server's request id, from a header or from the body", async () => {
  const byBody = Response.json({ error: 'invalid_client', error_id: 'et-1' }, { status: 401 })
  expect((await failure(byBody)).requestId).toBe('et-1')
  expect((await failure(refusal('invalid_client', 401, { 'x-request-id': 'r-1' }))).requestId).toBe('r-1')
  const own = tokenEndpoint(refusal('invalid_client', 401, { 'x-own-id': 'o-1', 'x-request-id': 'r-1' }))
  expect(await errorOf(ask(own, { provider: { ...provider, requestIdHeader: 'x-own-id' } }))).toMatchObject({
    requestId: 'o-1',
  })
})

test("the server's error text is cut to one line of at most 300 plain characters", async () => {
  const answer = Response.json({ error: 'a\nb', error_description: `x\u001b[31m${'y'.repeat(1000)}` }, { status: 400 })
  const { error, errorDescription } = await failure(answer)
  expect(error).toBe('a b')
  expect(errorDescription).toMatch(/^x \[31my+$/)
  expect(errorDescription).toHaveLength(300)
})

test('a server that does not answer is TOKEN_UNAVAILABLE, with the reason in the message', async () => {
  const down = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })
  expect(await failure(down)).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message:
      'example: the tokenEndpoint did not answer (ECONNREFUSED): no server listens there: check the URL, or try again later',
  })
})

test('a body that is cut off is TOKEN_UNAVAILABLE', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) })
  expect(await failure(new Response(body))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test.each([
  ['a token endpoint', { fetch: () => new Promise<never>(() => {}) }, {}],
  ['a vault', tokenEndpoint(), { clientSecret: () => new Promise<never>(() => {}) }],
])('the wait for %s that never answers ends after timeoutMs', async (_what, endpoint, request) => {
  const error = errorOf(ask(endpoint, { ...request, timeoutMs: 250 }))
  await vi.advanceTimersByTimeAsync(250)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('250 ms') })
})

test('the default deadline is 9 s, and it aborts the request', async () => {
  let signal: AbortSignal | null | undefined
  const endpoint = {
    fetch: (_input: unknown, init?: RequestInit) => {
      signal = init?.signal
      return new Promise<never>(() => {})
    },
  }
  const error = errorOf(ask(endpoint))
  await vi.advanceTimersByTimeAsync(8999)
  expect(signal?.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(signal?.aborted).toBe(true)
})
