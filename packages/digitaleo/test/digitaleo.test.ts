import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TokenEvent } from '@oauthkit/core'
import { testProvider } from '@oauthkit/core/testing'
import { createEmulator, type ScriptedResponse } from '@oauthkit/emulator'
import ky, { isHTTPError } from 'ky'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { digitaleo, digitaleoAuth, digitaleoTokens, type DigitaleoOptions } from '../src/index.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const campaigns = 'https://api.messengeo.net/rest/campaigns'
const contacts = 'https://contacts.messengeo.net/rest/contacts'

let emulator = createEmulator()
let events: TokenEvent[] = []

beforeEach(() => {
  emulator = createEmulator()
  events = []
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** Makes a ky for Digitaleo's APIs, with the emulator instead of the network. */
function client(options: DigitaleoOptions = credentials) {
  const { fetch } = emulator
  const onEvent = (event: TokenEvent) => void events.push(event)
  return ky.create({ fetch, retry: 0 }).extend(digitaleoAuth({ fetch, onEvent, ...options }))
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Returns the token response that the page shows, with these members changed. */
const granted = (members: Record<string, unknown> = {}) => ({
  access_token: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJpZCI6ImYyMzE2.sig',
  expires_in: '3600',
  token_type: 'bearer',
  scope: 'basic',
  ...members,
})

test('the first call gets a token, and all further calls share it', async () => {
  const http = client()
  await http.get(campaigns).json()
  await Promise.all(Array.from({ length: 20 }, () => http.get(contacts)))
  expect(emulator.digitaleo.counters).toMatchObject({ tokenRequests: 1, apiCalls: 21, apiRejections: 0 })
})

test('the token request has the credentials in the form, and no Authorization header', async () => {
  let request: Request | undefined
  const fetch: typeof globalThis.fetch = (input, init) => {
    request = new Request(input, init)
    return emulator.fetch(request.clone())
  }
  emulator.digitaleo.clients.set('odd id', 'p+q%2F:€&=')
  await digitaleoTokens({ clientId: 'odd id', clientSecret: 'p+q%2F:€&=', fetch }).getToken()
  expect(request?.url).toBe('https://oauth.messengeo.net/token')
  expect(request?.headers.has('authorization')).toBe(false)
  expect(request?.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'odd id',
    client_secret: 'p+q%2F:€&=',
  })
})

test('credentials come from DIGITALEO_CLIENT_ID and DIGITALEO_CLIENT_SECRET', async () => {
  vi.stubEnv('DIGITALEO_CLIENT_ID', 'emulated-client')
  vi.stubEnv('DIGITALEO_CLIENT_SECRET', 'emulated-secret')
  expect((await client({}).get(campaigns)).status).toBe(200)
})

test.each(['DIGITALEO_CLIENT_ID', 'DIGITALEO_CLIENT_SECRET'])('without %s a TypeError names it at once', (variable) => {
  vi.stubEnv('DIGITALEO_CLIENT_ID', 'emulated-client')
  vi.stubEnv('DIGITALEO_CLIENT_SECRET', 'emulated-secret')
  vi.stubEnv(variable, undefined)
  expect(() => digitaleoAuth()).toThrow(TypeError)
  expect(() => digitaleoAuth()).toThrow(variable)
})

test('the header says Bearer, even if token_type says bearer', async () => {
  const source = digitaleoTokens({ ...credentials, fetch: emulator.fetch })
  await source.getToken()
  expect(source.peek()).toMatch(/^Bearer ey/)
})

test('the granted scope is kept', async () => {
  const source = digitaleoTokens({ ...credentials, fetch: emulator.fetch })
  expect(await source.getToken()).toMatchObject({ scope: 'basic' })
})

test.each([
  ['as a string', '600'],
  ['as a number', 600],
])('expires_in is read %s', async (_how, expires_in) => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_000 })
  emulator.digitaleo.answerTokenRequests(1, { status: 200, body: granted({ expires_in }) })
  const { expiresAt } = await digitaleoTokens({ ...credentials, fetch: emulator.fetch }).getToken()
  expect(expiresAt).toBe(1_800_000_600_000)
})

test('a token of 50,000 characters works', async () => {
  emulator.digitaleo.tokenLength = 50_000
  const source = digitaleoTokens({ ...credentials, fetch: emulator.fetch })
  expect((await source.getToken()).accessToken).toHaveLength(50_000)
  expect((await client().get(campaigns)).status).toBe(200)
})

test('wrong credentials are TOKEN_REFUSED: Digitaleo answers with 400', async () => {
  const error = await errorOf(
    client({ ...credentials, clientSecret: 'wrong' })
      .get(campaigns)
      .json(),
  )
  expect(error).toMatchObject({
    name: 'OAuthError',
    code: 'TOKEN_REFUSED',
    provider: 'digitaleo',
    status: 400,
    error: 'invalid_client',
    errorDescription: 'The client credentials are invalid',
  })
})

describe.each([
  ['400', campaigns],
  ['401', contacts],
])('where a token that is no longer valid gets %s', (_status, url) => {
  test('an expired one is renewed, and the call replayed', async () => {
    const http = client()
    await http.get(url)
    emulator.clock.advance(3_600_000)
    expect((await http.get(url)).status).toBe(200)
    expect(emulator.digitaleo.counters).toMatchObject({ tokenRequests: 2, apiCalls: 3 })
  })

  test('a revoked one is renewed, and the call replayed', async () => {
    const http = client()
    await http.get(url)
    emulator.digitaleo.revoke()
    expect((await http.get(url)).status).toBe(200)
    expect(emulator.digitaleo.counters).toMatchObject({ tokenRequests: 2, apiCalls: 3 })
  })
})

const html = { headers: { 'content-type': 'text/html' }, body: '<html><h1>400 Request Header Too Large</h1></html>' }

const rejections: [what: string, answer: ScriptedResponse, isRejected: boolean][] = [
  ['401 with invalid_token', { status: 401, body: { error: 'invalid_token', error_description: 'Unknown' } }, true],
  ['401 with expired_token', { status: 401, body: { error: 'expired_token' } }, true],
  ['401 with other words', { status: 401, body: { status: 401, message: 'No' } }, true],
  ['401 without a body', { status: 401 }, true],
  [
    '401 with the challenge of another scheme',
    { status: 401, body: '<html>', headers: { 'www-authenticate': 'Basic realm="proxy"' } },
    true,
  ],
  ['401 about the scope', { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } }, false],
  ['400 with invalid_token', { status: 400, body: { error: 'invalid_token' } }, true],
  ['400 with expired_token', { status: 400, body: { error: 'expired_token' } }, true],
  [
    '400 whose description is about the token',
    { status: 400, body: { error: 'invalid_request', error_description: 'The access token has expired' } },
    true,
  ],
  [
    '400 about something else',
    { status: 400, body: { error: 'invalid_request', error_description: 'Unknown field' } },
    false,
  ],
  ['400 with a message about the token', { status: 400, body: { status: 400, message: 'Access token expired' } }, true],
  ['400 with a list of messages', { status: 400, body: { messages: [{ message: 'invalid token' }] } }, true],
  ['400 whose token has expired', { status: 400, body: { message: 'The token has expired' } }, true],
  [
    '400 about another token',
    { status: 400, body: { error: 'invalid_request', error_description: 'Unknown parameter: pushToken' } },
    false,
  ],
  ...[
    'Unknown token {{first}} in template',
    'Unknown token',
    'Malformed token at line 3',
    'Invalid token in template',
    'The message "your token has expired" is too long',
    'Field invalid token: unexpected value',
    'access token: this word is not allowed in a message',
    'Le texte contient: token expired',
  ].flatMap((text): typeof rejections => [
    [
      `400 that quotes the call in error_description (${text})`,
      { status: 400, body: { error_description: text } },
      false,
    ],
    [`400 that quotes the call in message (${text})`, { status: 400, body: { messages: [{ message: text }] } }, false],
  ]),
  ...['Invalid access token', 'token expired', 'The access token is no longer valid.', 'revoked_token'].map(
    (text): (typeof rejections)[number] => [
      `400 that only says: ${text}`,
      { status: 400, body: { error: text } },
      true,
    ],
  ),
  ['400 about a kind of token', { status: 400, body: { error: 'unsupported_token_type' } }, false],
  ['400 of another shape', { status: 400, body: { status: 400, message: 'The token field is too long' } }, false],
  ['400 with a list that holds nothing', { status: 400, body: { messages: [null, 'token'] } }, false],
  ['400 with an error that is not a string', { status: 400, body: { error: { token: 1 } } }, false],
  ['400 with JSON that is not an object', { status: 400, body: ['token'] }, false],
  ['400 with HTML, as from a proxy', { status: 400, ...html }, false],
  ['400 with text about tokens', { status: 400, body: 'token' }, false],
  ['400 without a body', { status: 400 }, false],
  ['431', { status: 431 }, false],
  ['403 with insufficient_scope', { status: 403, body: { error: 'insufficient_scope' } }, false],
  ['417 for a rejected contact', { status: 417, body: { status: 417, message: 'No' } }, false],
  ['500 without JSON', { status: 500, body: 'oops' }, false],
]

test.each(rejections)('%s renews the token: %o', async (_what, answer, isRejected) => {
  const http = client()
  await http.get(campaigns)
  emulator.digitaleo.answerApiCalls(1, answer)
  const error = await errorOf(http.get(campaigns).json())
  expect(isHTTPError(error)).toBe(!isRejected)
  expect(emulator.digitaleo.counters.tokenRequests).toBe(isRejected ? 2 : 1)
})

test('a 400 from a proxy that refuses a long header is passed on, and an event names the likely cause', async () => {
  Object.assign(emulator.digitaleo, { tokenLength: 50_000, maxHeaderBytes: 8192 })
  const error = await errorOf(client().get(campaigns).json())
  expect(error).toMatchObject({ name: 'HTTPError', response: { status: 400 } })
  expect(emulator.digitaleo.counters).toMatchObject({ tokenRequests: 1, apiCalls: 1 })
  const { origin } = new URL(campaigns)
  expect(events).toContainEqual({
    type: 'oversized',
    provider: 'digitaleo',
    grant: 'client_credentials',
    origin,
    status: 400,
    length: 50_007,
  })
})

test('a 431 from a server with the usual limit is passed on, and an event names the likely cause', async () => {
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    emulator.digitaleo.tokenLength = 50_000
    const options = { ...credentials, apis: [api], fetch: emulator.fetch }
    const onEvent = (event: TokenEvent) => void events.push(event)
    const http = ky.create({ retry: 0 }).extend(digitaleoAuth({ ...options, onEvent }))
    expect(await errorOf(http.get(api))).toMatchObject({ name: 'HTTPError', response: { status: 431 } })
    expect(events).toContainEqual({
      type: 'oversized',
      provider: 'digitaleo',
      grant: 'client_credentials',
      origin: api,
      status: 431,
      length: 50_007,
    })
    expect(emulator.digitaleo.counters).toMatchObject({ tokenRequests: 1 })
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test.each([
  'https://api.messengeo.net/rest/mailings',
  'https://contacts.messengeo.net/rest/lists',
  'https://sms.messengeo.net/rest/sms',
  'https://baseo.messengeo.net/rest/users',
  'https://mobile.messengeo.net/rest/devices',
])('a token goes to %s', async (url) => {
  await errorOf(client().get(url).json())
  expect(emulator.digitaleo.counters).toMatchObject({ tokenRequests: 1, apiCalls: 1, apiRejections: 0 })
})

test.each([
  ['the authorization server itself', 'https://oauth.messengeo.net/other'],
  ["a host that needs end users' tokens", 'https://api.digitaleo.com/loyalty/v1'],
  ['a host with a similar name', 'https://api.messengeo.net.example/rest'],
])('a token does not go to %s', async (_what, url) => {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({}))
  await ky
    .create({ fetch })
    .extend(digitaleoAuth({ ...credentials, fetch }))
    .get(url)
  expect(fetch).toHaveBeenCalledOnce()
  expect(new Request(...(fetch.mock.calls[0] ?? [''])).headers.has('authorization')).toBe(false)
})

testProvider(test, digitaleo, {
  samples: {
    tokens: [granted(), granted({ expires_in: 3600 }), granted({ access_token: 'x'.repeat(50_000) })].map(
      (members) => () => Response.json(members),
    ),
    rejections: rejections.map(([, { status, headers, body }, isRejected]) => ({
      response: () =>
        new Response(typeof body === 'string' || body === undefined ? body : JSON.stringify(body), {
          status,
          ...(headers && { headers }),
        }),
      isRejected,
    })),
  },
})
