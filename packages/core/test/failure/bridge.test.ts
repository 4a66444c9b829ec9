import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import {
  type ClientAuth,
  refreshToken,
  type Grant,
  type Token,
  type TokenSourceOptions,
  type TokenStore,
} from '../../src/index.ts'
import { createDatabase, until } from '../database.ts'
import { deferred, errorOf, grant, password, refusal, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** The error of a `fetch` whose connection failed. */
const lost = (code?: string) => Object.assign(new TypeError('fetch failed'), code && { cause: { code } })

const hiccups: readonly (readonly [string, () => Response | Error])[] = [
  ['a lost connection', () => lost('ECONNRESET')],
  ['a lost connection without a code', () => lost()],
  ['a refused connection', () => lost('ECONNREFUSED')],
  ['502', () => new Response('Bad Gateway', { status: 502 })],
  ['503', () => new Response('', { status: 503 })],
  ['504 with an OAuth error', () => refusal('temporarily_unavailable', 504)],
]

const expired = (): Token => ({ accessToken: 'token-0', refreshToken: 'refresh-0', expiresAt: Date.now() })

test.each(hiccups)('one hiccup of the token endpoint, %s, fails no call', async (_what, hiccup) => {
  const endpoint = tokenEndpoint(hiccup())
  const source = sourceOver(endpoint)
  const calls = Array.from({ length: 100 }, () => source.getToken())
  await seconds(0.25)
  expect(new Set((await Promise.all(calls)).map(({ accessToken }) => accessToken))).toEqual(new Set(['token-2']))
  expect(endpoint.requests).toHaveLength(2)
})

test.each(hiccups)('a second hiccup, %s, is bridged too, a third one is not', async (_what, hiccup) => {
  const twice = sourceOver(tokenEndpoint(hiccup(), hiccup()))
  const token = twice.getToken()
  await seconds(1)
  expect((await token).accessToken).toBe('token-3')

  const endpoint = tokenEndpoint(hiccup(), hiccup(), hiccup())
  const error = errorOf(sourceOver(endpoint).getToken())
  await seconds(1)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toHaveLength(3)
})

test.each([
  ['a Retry-After', () => refusal('x', 503, { 'retry-after': '1' })],
  ['408', () => refusal('x', 408)],
  ['429', () => refusal('x', 429)],
  ['500', () => refusal('x', 500)],
  ['a refusal', () => refusal('invalid_client', 401)],
  ['an answer that is not OAuth', () => new Response('', { status: 404 })],
  ['a success without a token', () => Response.json({})],
] as const)('%s is not bridged', async (_what, answer) => {
  const endpoint = tokenEndpoint(answer())
  await errorOf(sourceOver(endpoint).getToken())
  expect(endpoint.requests).toHaveLength(1)
})

test('after a remembered failure, each probe is one request, and after a success, a hiccup is bridged again', async () => {
  const down = () => new Response('', { status: 503 })
  const endpoint = tokenEndpoint(down(), down(), down(), down(), down(), undefined, down())
  const source = sourceOver(endpoint)
  const first = errorOf(source.getToken())
  await seconds(1)
  await first
  expect(endpoint.requests).toHaveLength(3)
  for (const requests of [4, 5]) {
    await seconds(1)
    await errorOf(source.getToken())
    expect(endpoint.requests).toHaveLength(requests)
  }
  await seconds(1)
  expect((await source.getToken()).accessToken).toBe('token-6')
  const renewed = source.getToken({ rejected: 'token-6' })
  await seconds(0.25)
  expect((await renewed).accessToken).toBe('token-8')
})

test('a renewal in the background is not bridged: a token serves calls', async () => {
  const endpoint = tokenEndpoint(undefined, new Response('', { status: 503 }))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3300)
  source.peek()
  await seconds(1)
  expect(endpoint.requests).toHaveLength(2)
})

test('each attempt has its own client authentication and its own parameters', async () => {
  let count = 0
  const clientAuth: ClientAuth = ({ form }) => form.set('client_assertion', `assertion-${(count += 1)}`)
  let runs = 0
  const own: Grant = {
    name: 'own',
    identity: '',
    parameters: () => ({ grant_type: 'urn:own', assertion: `grant-${(runs += 1)}` }),
  }
  const endpoint = tokenEndpoint(lost('ECONNRESET'))
  const token = sourceOver(endpoint, { clientAuth, grant: own }).getToken()
  await seconds(0.25)
  await token
  const forms = await Promise.all(endpoint.requests.map(async (request) => new URLSearchParams(await request.text())))
  expect(forms.map((form) => form.get('client_assertion'))).toEqual(['assertion-1', 'assertion-2'])
  expect(forms.map((form) => form.get('assertion'))).toEqual(['grant-1', 'grant-2'])
})

const code: Grant = { name: 'code', identity: '', parameters: () => ({ grant_type: 'authorization_code', code: 'c' }) }

/** What can be used only once: the options of its source, and whether the source has a token before. */
const once: readonly (readonly [string, TokenSourceOptions, boolean])[] = [
  ["a user's refresh token", { grant: signedIn }, true],
  ['the refresh token of a grant that can start over', { grant: password }, true],
  ['the refresh token of a grant', { grant: refreshToken('refresh-0') }, false],
  ['a code', { grant: code }, false],
]

test.each(
  once.flatMap(([what, options, isRefresh]) =>
    hiccups.map(([hiccup, answer]) => [what, hiccup, answer, options, isRefresh] as const),
  ),
)('%s is sent again after %s only if the first request was not sent', async (_w, _h, answer, options, isRefresh) => {
  const failure = answer()
  const isUnsent = failure instanceof Error && JSON.stringify(failure.cause)?.includes('REFUSED')
  const endpoint = tokenEndpoint(failure)
  const source = sourceOver(endpoint, options)
  if (isRefresh) await source.setToken(expired())
  const outcome = source.getToken().then(
    () => 'token',
    () => 'error',
  )
  await seconds(1)
  expect(await outcome).toBe(isUnsent ? 'token' : 'error')
  expect(endpoint.requests).toHaveLength(isUnsent ? 2 : 1)
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'ConnectionRefused'])(
  'a refresh token is sent again after %s',
  async (errorCode) => {
    const source = sourceOver(tokenEndpoint(lost(errorCode)), { grant: signedIn })
    await source.setToken(expired())
    const token = source.getToken()
    await seconds(0.25)
    expect((await token).accessToken).toBe('token-2')
  },
)

test('a slow failure is not bridged: about a second is the limit', async () => {
  const late = new Promise<Response>((resolve) => setTimeout(resolve, 1000, new Response('', { status: 504 })))
  const endpoint = tokenEndpoint(late)
  const error = errorOf(sourceOver(endpoint).getToken())
  await seconds(1)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 504 })
  expect(endpoint.requests).toHaveLength(1)
})

test('setToken and clear end a bridge', async () => {
  const endpoint = tokenEndpoint(lost('ECONNRESET'))
  const source = sourceOver(endpoint)
  const waiting = source.getToken()
  await seconds(0.1)
  await source.setToken({ accessToken: 'mine' })
  await seconds(1)
  expect((await waiting).accessToken).toBe('mine')
  expect(endpoint.requests).toHaveLength(1)
})

test('a token endpoint that does not answer at all is waited for until timeoutMs, which is less than the 10 s of ky', async () => {
  const endpoint = tokenEndpoint(new Promise<Response>(() => {}))
  const error = errorOf(sourceOver(endpoint).getToken())
  await seconds(9)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('9000 ms') })
  expect(endpoint.requests).toHaveLength(1)
})

test('the answer to the second attempt can be a token with a refresh token', async () => {
  const endpoint = tokenEndpoint(lost('ECONNRESET'), grant('token-2', { refresh_token: 'refresh-2' }))
  const token = sourceOver(endpoint, { grant: password }).getToken()
  await seconds(0.25)
  expect(await token).toMatchObject({ accessToken: 'token-2', refreshToken: 'refresh-2' })
})

test('the look-up of a credential does not use up the time for a second attempt', async () => {
  const endpoint = tokenEndpoint(new Response('', { status: 503 }))
  const clientSecret = () => new Promise<string>((resolve) => setTimeout(resolve, 1500, 'from a slow vault'))
  const token = sourceOver(endpoint, { clientSecret }).getToken()
  await seconds(4)
  expect((await token).accessToken).toBe('token-2')
})

test('the wait for a lock does not use up the time for a second attempt', async () => {
  const endpoint = tokenEndpoint(new Response('', { status: 503 }))
  const lock: NonNullable<TokenStore['lock']> = async (_key, work) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    return work(new AbortController())
  }
  const database = createDatabase()
  const token = sourceOver(endpoint, { store: database.open({ lock }) }).getToken()
  await until(() => database.operations.length)
  await seconds(2)
  expect((await token).accessToken).toBe('token-2')
})

test.each([
  ['its token was rejected', { rejected: 'token-1' }, 0],
  ['the token has expired', {}, 0.6],
])('a hiccup of a background renewal is bridged for a call that waits for it: %s', async (_why, need, later) => {
  const hiccup = deferred<Response>()
  const endpoint = tokenEndpoint(undefined, hiccup.promise)
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3599.5)
  source.peek()
  await until(() => endpoint.requests.length === 2)
  await seconds(later)
  const token = source.getToken(need)
  await seconds(0)
  hiccup.resolve(new Response('', { status: 503 }))
  await seconds(1)
  expect((await token).accessToken).toBe('token-3')
})

test('a hiccup of a background renewal that no call waits for is not bridged', async () => {
  const endpoint = tokenEndpoint(undefined, new Response('', { status: 503 }))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3400)
  source.peek()
  await until(() => endpoint.requests.length === 2)
  await seconds(0.5)
  expect(endpoint.requests).toHaveLength(2)
})

test.each<[name: string, value: number, answer: () => Response | Error, requests: number]>([
  ['retryAt', 1, () => new Response('', { status: 502 }), 2],
  ['status', 502, () => lost('CERT_HAS_EXPIRED'), 1],
])('a %s that is planted into Object.prototype does not decide', async (name, value, answer, requests) => {
  // oxlint-disable-next-line no-extend-native -- that is what the test is about
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  try {
    const endpoint = tokenEndpoint(answer())
    const token = sourceOver(endpoint)
      .getToken()
      .catch(() => {})
    await seconds(1)
    await token
    expect(endpoint.requests).toHaveLength(requests)
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
})
