import { createEmulator, type Scripted } from '@oauthkit/emulator'
import ky, { isHTTPError } from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testProvider } from '@oauthkit/core/testing'
import { orange, orangeAuth, orangeInside, orangePlayground, orangeTokens, type OrangeOptions } from '../src/index.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const shops = 'https://api.orange.com/poi/v1/shops?postalCode=35000'

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

let emulator = createEmulator()

beforeEach(() => {
  emulator = createEmulator()
})

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Makes a ky for Orange's APIs, with the emulator instead of the network. */
function client(options: OrangeOptions = credentials) {
  const { fetch } = emulator
  return ky.create({ fetch, retry: 0 }).extend(orangeAuth({ fetch, ...options }))
}

const apiError = (status: number, code: unknown): Scripted => ({
  status,
  body: { code, message: 'As scripted', description: 'As scripted' },
})

test('the first call gets a token as Orange documents it, and all further calls share it', async () => {
  const http = client()
  expect(await http.get(shops).json()).toHaveLength(3)
  await Promise.all(Array.from({ length: 20 }, () => http.get(shops)))
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 21, apiRejections: 0 })
})

test('the token request has Basic of plain base64, accepts JSON, and has no credentials in the form', async () => {
  let request: Request | undefined
  const fetch: typeof globalThis.fetch = (input, init) => {
    request = new Request(input, init)
    return emulator.fetch(request.clone())
  }
  emulator.orange.clients.set('odd id', 'p+q%2F:€')
  await orangeTokens({ clientId: 'odd id', clientSecret: 'p+q%2F:€', fetch }).getToken()
  expect(request?.url).toBe('https://api.orange.com/oauth/v3/token')
  expect(request?.headers.get('accept')).toBe('application/json')
  expect(request?.headers.get('authorization')).toBe(`Basic ${Buffer.from('odd id:p+q%2F:€').toString('base64')}`)
  expect(await request?.text()).toBe('grant_type=client_credentials')
})

test('credentials come from ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET', async () => {
  vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
  vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
  expect(await client({}).get(shops).json()).toHaveLength(3)
})

test.each(['ORANGE_CLIENT_ID', 'ORANGE_CLIENT_SECRET'])('without %s a TypeError names it at once', (variable) => {
  vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
  vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
  vi.stubEnv(variable, undefined)
  expect(() => orangeAuth()).toThrow(TypeError)
  expect(() => orangeAuth()).toThrow(variable)
})

test.each([
  ['as the portal shows it', (base64: string) => `Basic ${base64}`],
  ['without its leading Basic', (base64: string) => base64],
  ['in lower case, with spaces around it', (base64: string) => ` basic  ${base64}\n`],
])('the ready-made header is accepted %s', async (_what, write) => {
  const authorizationHeader = write(btoa('emulated-client:emulated-secret'))
  expect(await client({ authorizationHeader }).get(shops).json()).toHaveLength(3)
})

test('the ready-made header can hold a secret with colons and non-ASCII letters', async () => {
  emulator.orange.clients.set('app', 'a:b:é')
  const authorizationHeader = `Basic ${Buffer.from('app:a:b:é').toString('base64')}`
  expect(await client({ authorizationHeader }).get(shops).json()).toHaveLength(3)
})

test.each([
  ['', 'empty'],
  ['Basic', 'the scheme alone'],
  [`Basic Basic ${btoa('id:hunter2')}`, 'Basic twice'],
  ['Basic hunter2!', 'not base64'],
  [`Basic ${btoa('hunter2')}`, 'no colon'],
  [`Basic ${btoa(':hunter2')}`, 'no id'],
  [`Basic ${btoa('hunter2:')}`, 'no secret'],
  ['id:hunter2', 'not encoded'],
  [`Basic ${btoa('id:hunter2\xE9')}`, 'not UTF-8'],
  [null as never, 'not a string'],
])('a malformed authorizationHeader is a TypeError that does not show it: %s (%s)', (authorizationHeader) => {
  const make = () => orangeAuth({ authorizationHeader })
  expect(make).toThrow(TypeError)
  expect(make).toThrow('authorizationHeader must be "Basic " and base64 of id:secret')
  expect(make).not.toThrow('hunter2')
})

test.each([{ clientId: 'id' }, { clientSecret: 'secret' }])(
  'authorizationHeader together with %o is a TypeError',
  (other) => {
    const authorizationHeader = `Basic ${btoa('id:secret')}`
    expect(() => orangeAuth({ authorizationHeader, ...other })).toThrow(
      'authorizationHeader replaces clientId and clientSecret: remove these',
    )
  },
)

test('wrong credentials are TOKEN_REFUSED, and requestId is the id of the request', async () => {
  expect(
    await errorOf(
      client({ ...credentials, clientSecret: 'wrong' })
        .get(shops)
        .json(),
    ),
  ).toMatchObject({
    name: 'OAuthError',
    code: 'TOKEN_REFUSED',
    provider: 'orange',
    status: 401,
    error: 'invalid_client',
    errorDescription: 'The requested service needs credentials, but the ones provided were invalid.',
    requestId: expect.stringMatching(/^[\w-]+$/),
  })
})

test('too many token requests are TOKEN_UNAVAILABLE', async () => {
  for (let count = 0; count < 50; count += 1) await orangeTokens({ ...credentials, fetch: emulator.fetch }).getToken()
  expect(await errorOf(client().get(shops).json())).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 429 })
})

test('an hour of calls makes one token request, and no token request is early', async () => {
  vi.useFakeTimers()
  const http = client()
  for (let minute = 0; minute < 59; minute += 1) {
    await http.get(shops)
    await vi.advanceTimersByTimeAsync(60_000)
  }
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 59, apiRejections: 0 })
  for (let minute = 0; minute < 3; minute += 1) {
    await http.get(shops)
    await vi.advanceTimersByTimeAsync(30_000)
  }
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, earlyTokenRequests: 0, apiRejections: 0 })
  vi.useRealTimers()
})

test('a token that the API calls expired (42) is renewed and the call replayed', async () => {
  const http = client()
  await http.get(shops)
  emulator.clock.advance(3_600_000)
  expect(await http.get(shops).json()).toHaveLength(3)
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 3, apiRejections: 1 })
})

test('a revoked token, which the API calls invalid (41), is renewed and the call replayed', async () => {
  const http = client()
  await http.get(shops)
  emulator.orange.revoke()
  expect(await http.get(shops).json()).toHaveLength(3)
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 3, apiRejections: 1 })
})

test.each<[string, Scripted, boolean]>([
  ['401 with 42', apiError(401, 42), true],
  ['401 with "42"', apiError(401, '42'), true],
  ['401 with 41', apiError(401, 41), true],
  ['401 with a code in words', apiError(401, 'UNAUTHENTICATED'), true],
  ['401 without a body', { status: 401 }, true],
  ['401 with HTML', { status: 401, body: '<html>no</html>', headers: { 'content-type': 'text/html' } }, true],
  ['401 with JSON that is not an object', { status: 401, body: [40] }, true],
  ['401 with 40', apiError(401, 40), false],
  ['401 with "40"', apiError(401, '40'), false],
  ['403 with 50', apiError(403, 50), false],
  ['403 with 53', apiError(403, 53), false],
  ['403 with 42', apiError(403, 42), false],
  ['400 with 42', apiError(400, 42), false],
  ['429', apiError(429, 53), false],
])('%s renews the token: %o', async (_what, answer, renews) => {
  const http = client()
  await http.get(shops)
  emulator.orange.answerApiCalls(1, answer)
  const error = await errorOf(http.get(shops).json())
  expect(isHTTPError(error)).toBe(!renews)
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: renews ? 2 : 1, apiCalls: renews ? 3 : 2 })
})

test('a 41 that stays costs a token request for each token, not for each call, and reaches the caller', async () => {
  emulator.orange.sameToken = true
  const http = client()
  await http.get(shops)
  emulator.orange.answerApiCalls(Number.POSITIVE_INFINITY, apiError(401, 41))
  for (let call = 0; call < 20; call += 1) {
    expect(await errorOf(http.get(shops).json())).toMatchObject({ name: 'HTTPError', data: { code: 41 } })
  }
  expect(emulator.orange.counters.tokenRequests).toBeLessThanOrEqual(4)
})

test.each([
  'https://api.orange.com/smsmessaging/v1/outbound/tel%3A%2B2210000/requests',
  'https://api.orange.com/camara/playground/admin/clients',
  'https://api.orange.com/openidconnector',
  'https://api.orange.com/camara/orange-lab/sim-swap/v1/check',
  'https://api.orange.com/camara/sim-swap/orange-lab/v0/check',
  'https://api.orange.com/oauth-jwt2',
])('a machine token goes to %s', async (url) => {
  await errorOf(client().post(url).json())
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 1, apiRejections: 0 })
})

test.each([
  'https://api.orange.com/openidconnect/fr/v1/userinfo',
  'https://api.orange.com/openidconnect/playground/v1.0/token',
  'https://api.orange.com/camara/playground/api/sim-swap',
  'https://api.orange.com/camara/playground/openidconnect/v1.0/token',
  'https://api.orange.com/formfilling/fr/v1/me',
  'https://api.orange.com/userdetails/fr/v2/me',
  'https://api.orange.com/3legged/sandbox/fr/v1/me',
  'https://api.orange.com/oauth/v2/authorize',
  'https://api.orange.com/oauth-jwt/fr/v1/token',
  'https://api.orange.com/camara/sim-swap/ofr/v0/check',
  'https://api.orange.com/camara/ofr/sim-swap/v0/check',
  'https://api.orange.com/es/openapi/oauth/v2/bc-authorize',
  'https://api.orange.com/camara/oes/number-verification/v0/authorize',
])('a machine token does not go to %s, which needs another token', async (url) => {
  await errorOf(client().get(url).json())
  expect(emulator.orange.counters).toMatchObject({ tokensIssued: 0 })
})

test('the provider is plain data: a copy with other URLs is a sandbox', async () => {
  const provider = { ...orange, tokenEndpoint: 'https://sandbox.example/token', apis: ['https://sandbox.example'] }
  const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({ access_token: 'of-sandbox' }))
  const http = ky.create({ fetch }).extend(orangeAuth({ provider, ...credentials, fetch }))
  await http.get('https://sandbox.example/v1')
  expect(fetch.mock.calls.map(([input]) => (input instanceof Request ? input.url : String(input)))).toEqual([
    'https://sandbox.example/token',
    'https://sandbox.example/v1',
  ])
})

const simSwap = 'https://api.orange.com/camara/playground/api/sim-swap/v1/check'
const phone = { json: { phoneNumber: '+99012345678' } }

test('the Playground has its own token, with a scope, and other APIs do not get it', async () => {
  const source = orangeTokens({
    ...credentials,
    provider: orangePlayground,
    scope: 'sim-swap:check',
    fetch: emulator.fetch,
  })
  expect(await source.getToken()).toMatchObject({ scope: 'sim-swap:check' })
  const http = client({ ...credentials, provider: orangePlayground })
  expect(await http.post(simSwap, phone).json()).toEqual({ swapped: false })
  expect(await errorOf(http.get(shops))).toMatchObject({ response: { status: 401 } })
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 2 })
})

test("the Playground's admin API takes Orange's usual token", async () => {
  const action = { json: { action: 'LIST' } }
  const answer = client().post('https://api.orange.com/camara/playground/admin/v1.0/action', action)
  expect(await answer.json()).toHaveLength(2)
})

test.each(['one order', 'the other order'])('two providers of Orange work on one client, in %s', async (order) => {
  const { fetch } = emulator
  const both = [
    orangeAuth({ ...credentials, fetch }),
    orangeAuth({ ...credentials, provider: orangePlayground, fetch }),
  ]
  const [first, second] = order === 'one order' ? both : both.toReversed()
  const http = ky
    .create({ fetch, retry: 0 })
    .extend(first ?? {})
    .extend(second ?? {})
  expect(await http.get(shops).json()).toHaveLength(3)
  expect(await http.post(simSwap, phone).json()).toEqual({ swapped: false })
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 2, apiRejections: 0 })
})

test('a token comes from the host of its API: the inside portal has its own', async () => {
  const requests: string[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    requests.push(new Request(input, init).url)
    return emulator.fetch(input, init)
  }
  const http = ky.create({ fetch, retry: 0 }).extend(orangeAuth({ ...credentials, provider: orangeInside, fetch }))
  await http.get('https://inside01.api.orange.com/poi/v1/shops?postalCode=35000')
  expect(requests.map((url) => new URL(url).host)).toEqual(['inside01.api.orange.com', 'inside01.api.orange.com'])
  expect(await errorOf(http.get(shops))).toMatchObject({ response: { status: 401 } })
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1 })
})

test('sources for different APIs share a token: Orange asks for one per hour and application', async () => {
  const store = new Map()
  for (const path of ['poi', 'smsmessaging', 'sms/admin']) {
    const apis = [`https://api.orange.com/${path}`]
    await orangeTokens({ ...credentials, store, apis, fetch: emulator.fetch }).getToken()
  }
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1 })
})

const answers = { token_type: 'Bearer', access_token: 'i6m2iIcY0SodWSe...L3ojAXXrH', expires_in: 3600 }

for (const provider of [orange, orangeInside, orangePlayground]) {
  testProvider(test, provider, {
    samples: {
      tokens: [() => Response.json(answers), () => Response.json({ ...answers, expires_in: '7776000' })],
      rejections: [
        {
          response: () => Response.json({ code: 42, message: 'Expired credentials' }, { status: 401 }),
          isRejected: true,
        },
        {
          response: () => Response.json({ code: 40, message: 'Missing credentials' }, { status: 401 }),
          isRejected: false,
        },
        { response: () => Response.json({ status: 401, code: 'UNAUTHENTICATED' }, { status: 401 }), isRejected: true },
        {
          response: () => Response.json({ code: 53, message: 'Too many requests' }, { status: 403 }),
          isRejected: false,
        },
      ],
    },
  })
}
