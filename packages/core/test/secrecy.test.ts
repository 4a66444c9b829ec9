import { inspect } from 'node:util'
import ky from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  bearer,
  bearerFetch,
  clientSecretPost,
  OAuthError,
  plainBasic,
  type ClientAuth,
  refreshToken,
  revoke,
  type TokenEvent,
  type TokenSourceOptions,
  type TokenStore,
} from '../src/index.ts'
import { api, errorOf, grant, provider, secret, sourceOver, tokenEndpoint, unauthorized } from './support.ts'

const { setTimeout } = globalThis

/** Ends the pauses between two requests at once: they would take a minute in all. */
const skipPauses = ((work: () => void, ms = 0) =>
  setTimeout(work, ms === 250 || ms === 750 ? 0 : ms)) as typeof setTimeout

/** The secrets that must never be visible, in each form in which they are sent. */
const oddSecret = 'p+q/r %é:&='
const secrets = [
  secret,
  btoa(`app:${secret}`),
  oddSecret,
  encodeURIComponent(oddSecret),
  new URLSearchParams({ '': oddSecret }).toString().slice(1),
  Buffer.from(`app:${oddSecret}`).toString('base64'),
  'refresh-secret',
  'assertion-secret',
  'token-secret',
]

const logged: unknown[] = []

beforeEach(() => {
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(skipPauses)
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => void logged.push(...values))
  }
})

afterEach(() => {
  vi.restoreAllMocks()
  logged.length = 0
})

/** Returns all text that a log, a debugger or an error tracker can show of a value. */
function shown(value: unknown): string {
  const texts = [inspect(value, { depth: 10, showHidden: true, getters: true }), String(value), JSON.stringify(value)]
  for (let error = value; error instanceof Error; error = error.cause) texts.push(error.message, error.stack ?? '')
  return texts.join('\n')
}

function expectNoSecret(...values: unknown[]) {
  const text = [...values, ...logged].map(shown).join('\n')
  for (const hidden of secrets) expect(text).not.toContain(hidden)
}

/** A server that repeats the whole request in its answer. */
const parrot = (status: number, error: string | undefined) => ({
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    const heard = [
      request.headers.get('authorization'),
      await request.clone().text(),
      ...new URLSearchParams(await request.text()).values(),
    ]
    const description = heard.join(' | ')
    return Response.json(
      {
        error,
        error_description: description,
        error_id: description,
        access_token: error ? undefined : `${description}\n`,
      },
      { status, headers: { 'x-request-id': 'r-1' } },
    )
  },
})

const thrower = (make: (heard: string) => Error) => ({
  fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    throw make(`${request.headers.get('authorization')} ${await request.text()}`)
  },
})

const credentials: [string, TokenSourceOptions][] = [
  ['the secret of form-encoded Basic', {}],
  ['the secret of plain Basic', { clientAuth: plainBasic, clientSecret: oddSecret }],
  ['an odd secret of form-encoded Basic', { clientSecret: oddSecret }],
  ['the secret in the form', { clientAuth: clientSecretPost, clientSecret: oddSecret }],
  ['a refresh token', { grant: refreshToken('refresh-secret') }],
  ['an assertion', { clientAuth: ({ form }) => form.set('client_assertion', 'assertion-secret') }],
]

const answers: [string, { fetch: typeof fetch }][] = [
  ['refuses the client', parrot(401, 'invalid_client')],
  ['refuses the grant', parrot(400, 'invalid_grant')],
  ['is down', parrot(503, 'x')],
  ['answers with a broken token', parrot(200, undefined)],
  ['answers with neither a token nor an error', parrot(403, undefined)],
  ['redirects', parrot(302, undefined)],
  ['closes the connection', thrower((heard) => new TypeError(`fetch failed: ${heard}`))],
  [
    'closes the connection, and the error has a cause',
    thrower((heard) => new TypeError('fetch failed', { cause: new Error(heard) })),
  ],
  [
    'closes the connection, and the error has a code',
    thrower((heard) => new TypeError('x', { cause: Object.assign(new Error(), { code: heard }) })),
  ],
  [
    'closes the connection, and the error has more members',
    thrower((heard) => Object.assign(new Error(heard), { request: heard, config: { heard } })),
  ],
]

const cases = credentials.flatMap(([credential, options]) =>
  answers.map(([what, endpoint]) => ({ credential, what, options, endpoint })),
)

/** A store whose errors repeat the key and the token, as some clients repeat the command that failed. */
const parrotStore = (): TokenStore => ({
  get: () => undefined,
  set: (key, token) => {
    throw new Error(`SET ${key} ${JSON.stringify(token)} failed`)
  },
  delete: (key) => {
    throw new Error(`DEL ${key} failed`)
  },
})

test.each(cases)('no error, event or log shows $credential when the server $what', async ({ options, endpoint }) => {
  const events: TokenEvent[] = []
  const onEvent = (event: TokenEvent) => void events.push(event)
  for (const store of [undefined, new Map(), parrotStore()]) {
    const source = sourceOver(endpoint, { ...options, store, onEvent })
    const error = await errorOf(source.getToken())
    expect(error).toHaveProperty('name', 'OAuthError')
    expectNoSecret(error, source, await errorOf(source.getToken()))
  }
  expect(events.length).toBeGreaterThan(0)
  expectNoSecret(...events)
})

test.each(credentials)("no event in a source's whole life shows %s or a token", async (_credential, options) => {
  const events: TokenEvent[] = []
  const granted = [1, 2, 3].map((count) => grant(`token-secret-${count}`, { refresh_token: 'refresh-secret' }))
  const endpoint = tokenEndpoint(...granted, new TypeError('fetch failed'))
  const source = sourceOver(endpoint, { ...options, store: parrotStore(), onEvent: (event) => events.push(event) })
  const send = bearerFetch(source, api(unauthorized(), undefined, unauthorized(), unauthorized()).fetch)
  await send('https://api.example/?q=token-secret')
  await send('https://api.example/?q=token-secret')
  await send('https://api.example/?q=token-secret').catch(() => {})
  await send('https://other.example/?q=token-secret')
  await errorOf(source.setToken({ accessToken: 'token-secret', refreshToken: 'refresh-secret' }))
  await errorOf(source.clear())
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set(['renewed', 'served', 'rejected', 'skipped', 'store-failed']),
  )
  expectNoSecret(...events)
})

test.each(answers)('no error of a revocation shows the token when the server %s', async (_what, endpoint) => {
  const revocable = { ...provider, revocationEndpoint: 'https://id.example/revoke' }
  const request = { provider: revocable, clientId: 'app', clientSecret: secret, token: 'token-secret', ...endpoint }
  expectNoSecret(await revoke(request).catch((error: unknown) => error))
})

test('neither the source nor the options for ky show a secret or a token', async () => {
  const source = sourceOver(tokenEndpoint(grant('token-secret', { refresh_token: 'refresh-secret' })))
  const options = bearer(source)
  await source.getToken()
  expectNoSecret(source, options, ky.extend(options))
})

test("ky's error for a rejected call shows no token", async () => {
  const source = sourceOver(tokenEndpoint(grant('token-secret'), grant('token-secret-2')))
  const target = api(unauthorized(), unauthorized())
  vi.stubGlobal('fetch', target.fetch)
  expectNoSecret(await errorOf(ky.extend(bearer(source)).get('https://api.example/')))
  vi.unstubAllGlobals()
  expect(target.calls.map(({ authorization }) => authorization)).toEqual([
    'Bearer token-secret',
    'Bearer token-secret-2',
  ])
})

test.each([{ accessToken: 'token-secret\n' }, { accessToken: 'token-secret', expiresAt: Number.NaN }])(
  'setToken does not show a token that it refuses',
  async (token) => {
    expectNoSecret(await errorOf(sourceOver(tokenEndpoint()).setToken(token)))
  },
)

const refusalWith = (headers: HeadersInit, members: object) =>
  Response.json({ error: 'invalid_client', ...members }, { status: 401, headers })

const setHeader =
  (value: string): ClientAuth =>
  ({ headers }) =>
    headers.set('x-api-key', value)

const throwing =
  (make: (request: Parameters<ClientAuth>[0]) => unknown): ClientAuth =>
  (request) => {
    throw make(request)
  }

const fail = () => {
  throw new Error('token-secret')
}

const withMember = (name: string | symbol, value: unknown) => () =>
  Object.defineProperty(new TypeError('bad'), name, { value, enumerable: false })

class Telltale extends TypeError {
  override toString() {
    return 'assertion-secret'
  }
}
Object.assign(Telltale.prototype, { [inspect.custom]: () => 'assertion-secret' })

const revokedProxy = () => {
  const { proxy, revoke: end } = Proxy.revocable(new OAuthError('TOKEN_REFUSED', 'assertion-secret'), {})
  end()
  return proxy
}

/** What Node, Deno, Bun, Chrome, Firefox and Safari say about a value that is not possible. */
const platformMessages = [
  "Invalid URL: 'assertion-secret x'",
  '"assertion-secret x" cannot be parsed as a URL.',
  'URL constructor: assertion-secret x is not a valid URL.',
  `Invalid URL: 'it's the assertion-secret'`,
  'Failed to construct \'Request\': Invalid URL "assertion-secret x"',
  'Request cannot be constructed from a URL that includes credentials: https://a:assertion-secret@h',
  "Failed to construct 'Request': Request cannot be constructed from a URL that includes credentials: https://a:the assertion-secret@h",
  'Window.fetch: https://a:assertion-secret@h is an url with embedded credentials.',
  "'assertion-secret x' is not a valid HTTP method.",
  'Headers.append: "assertion-secret\nx" is an invalid header value.',
  `The "key" argument must be an instance of Buffer. Received 'assertion-secret'`,
  "The argument 'key' is invalid. Received 'assertion-secret'",
]

test.each<[what: string, clientAuth: ClientAuth]>([
  ['sets a header with a line break', setHeader('assertion-secret\nx: y')],
  ['sets a header with an emoji', setHeader('assertion-secret🔑')],
  ['appends a header with a NUL', ({ headers }) => headers.append('x-api-key', 'assertion-secret\0')],
  ['makes headers with a line break', () => void new Headers({ 'x-api-key': 'assertion-secret\nx: y' })],
  [
    'makes a request with a header with a line break',
    () => void new Request('https://x.example', { headers: { a: 'assertion-secret\nx: y' } }),
  ],
  ['throws the client secret', throwing(({ clientSecret }) => new TypeError(`bad ${clientSecret}`))],
  ['throws it in base64', throwing(({ clientSecret }) => new TypeError(`bad ${btoa(`app:${clientSecret}`)}`))],
  [
    'throws the form',
    throwing(({ form }) => {
      form.set('client_assertion', 'assertion-secret')
      return new TypeError(`bad ${form}`)
    }),
  ],
  [
    'throws an error with members',
    throwing(({ clientSecret }) => Object.assign(new TypeError('bad'), { config: { clientSecret } })),
  ],
  [
    'throws an error with a cause',
    throwing(({ clientSecret }) => new TypeError('bad', { cause: new Error(clientSecret) })),
  ],
  [
    'throws an error whose code is the secret',
    throwing(({ clientSecret }) => Object.assign(new Error('bad'), { code: clientSecret, name: clientSecret })),
  ],
  ['throws no error', throwing(({ clientSecret }) => clientSecret)],
  ...[
    withMember(Symbol('secret'), 'assertion-secret'),
    withMember('errors', [new Error('assertion-secret')]),
    withMember('input', 'assertion-secret'),
    withMember('toJSON', () => 'assertion-secret'),
    withMember(inspect.custom, () => 'assertion-secret'),
  ].map((make, index): [string, ClientAuth] => [
    `throws a TypeError with a hidden member, number ${index}`,
    throwing(make),
  ]),
  ['throws a TypeError of a class that shows more', throwing(() => new Telltale('bad'))],
  ...['message', 'stack', 'cause', 'name', 'code'].map((member): [string, ClientAuth] => [
    `throws an error whose ${member} throws`,
    throwing(() => Object.defineProperty(new TypeError('bad'), member, { get: fail })),
  ]),
  ['throws a proxy that was revoked', throwing(revokedProxy)],
  ['makes a URL of a key', throwing(() => new URL('assertion-secret x'))],
  ['makes a request of a key', throwing(() => new Request('assertion-secret x'))],
  ['makes a request with a password', throwing(() => new Request('https://a:assertion-secret@x.example'))],
  ['makes a request with a method', throwing(() => new Request('https://x.example', { method: 'assertion-secret x' }))],
  ...platformMessages.map((message): [string, ClientAuth] => [
    `gets the message ${message}`,
    throwing(() => new TypeError(message)),
  ]),
])('a client authentication that %s shows no secret', async (_what, clientAuth) => {
  for (const store of [undefined, new Map()]) {
    const events: TokenEvent[] = []
    const onEvent = (event: TokenEvent) => void events.push(event)
    const source = sourceOver(tokenEndpoint(), { clientAuth, store, onEvent })
    // oxlint-disable-next-line no-await-in-loop -- one source after the other
    const error = await errorOf(source.getToken())
    expect(['OAuthError', 'TypeError']).toContain((error as Error).name)
    expectNoSecret(error, ...events)
  }
})

test('a mistake of a client authentication keeps its message and its cause', async () => {
  const cause = new TypeError('myAuth needs a tenant')
  const clientAuth = () => Promise.reject(cause)
  const error = await errorOf(sourceOver(tokenEndpoint(), { clientAuth }).getToken())
  expect(error).toMatchObject({ message: 'example: myAuth needs a tenant', cause })
})

const refused = (hidden: string) => new OAuthError('TOKEN_REFUSED', `the vault refused ${hidden}`)

/** OAuthErrors that do not come from this request, each with a secret in another place. */
const foreign: [where: string, make: (hidden: string) => Error][] = [
  ['its message', refused],
  ['a detail', (hidden) => new OAuthError('TOKEN_REFUSED', 'the vault refused', { status: 400, error: hidden })],
  ['another detail', (hidden) => new OAuthError('TOKEN_REFUSED', 'the vault refused', { requestId: hidden })],
  ['a detail of another type', (hidden) => Object.assign(refused(''), { errorDescription: [hidden] })],
  ['a member', (hidden) => Object.assign(refused(''), { config: { hidden } })],
  ['a symbol', (hidden) => Object.assign(refused(''), { [Symbol('config')]: hidden })],
  ['its cause', (hidden) => Object.assign(refused(''), { cause: new Error(hidden) })],
  ['its stack', (hidden) => Object.assign(refused(''), { stack: hidden })],
  ['its code', (hidden) => Object.assign(refused(''), { code: `TOKEN_${hidden}` })],
  ['a way to show it', (hidden) => Object.assign(refused(''), { [inspect.custom]: () => hidden })],
]

test.each(
  foreign.flatMap(([where, make]) => ['clientAuth', 'fetch', 'the grant'].map((who) => [who, where, make] as const)),
)('an OAuthError that %s throws shows no secret in %s', async (who, _where, make) => {
  const work = () => {
    throw make(secret)
  }
  const options: Record<string, TokenSourceOptions> = {
    clientAuth: { clientAuth: ({ form }) => (form.set('client_secret', secret), work()) },
    fetch: { fetch: work },
    'the grant': { grant: { name: 'mine', identity: '', parameters: work } },
  }
  const error = (await errorOf(sourceOver(tokenEndpoint(), options[who]).getToken())) as Error
  expectNoSecret(error)
  expect(error).toBeInstanceOf(OAuthError)
  expect(error.message).toContain('the vault refused')
})

test.each(['clientAuth', 'fetch'])('an OAuthError that %s throws, and that shows no secret, stays', async (member) => {
  const own = new OAuthError('TOKEN_REFUSED', 'the vault refused', { provider: 'vault', status: 403, retryAt: 7 })
  const options = { [member]: () => Promise.reject(own) }
  expect(await errorOf(sourceOver(tokenEndpoint(), options).getToken())).toBe(own)
})

test('an OAuthError stays if the runtime has added the place to it, unless a secret is in that', async () => {
  const reject = async (place: object) => {
    const own = new OAuthError('TOKEN_REFUSED', 'the vault refused', { provider: 'vault' })
    Object.assign(own, place)
    const error = await errorOf(sourceOver(tokenEndpoint(), { fetch: () => Promise.reject(own) }).getToken())
    return { own, error }
  }
  const place = { line: 7, column: 1, originalLine: 8, originalColumn: 2, sourceURL: 'file:///vault.ts' }
  const harmless = await reject(place)
  expect(harmless.error).toBe(harmless.own)
  for (const hidden of [{ sourceURL: `file:///${secret}` }, { line: { secret } }, { originalColumn: [secret] }]) {
    const { own, error } = await reject({ ...place, ...hidden })
    expect(error).not.toBe(own)
    expectNoSecret(error)
  }
})

test.each([
  ['myAuth needs the option "tenant"', true],
  ["Cannot read properties of undefined (reading 'key')", true],
  ["undefined is not an object (evaluating 'a.b')", true],
  ['the request needs a tenant', true],
  ["the URL of 'my vault' is missing", false],
])('a mistake of a client authentication keeps its words: %s', async (message, isWhole) => {
  const clientAuth = () => Promise.reject(new TypeError(message))
  const error = (await errorOf(sourceOver(tokenEndpoint(), { clientAuth }).getToken())) as Error
  expect(error.message).toBe(`example: ${isWhole ? message : 'the URL of [redacted] is missing'}`)
})

test.each([
  ['a request id', (hidden: string) => refusalWith({ 'x-request-id': hidden }, {})],
  ['an error', (hidden: string) => refusalWith({}, { error: hidden })],
  ['an error id', (hidden: string) => refusalWith({}, { error_id: hidden })],
  ['a page', (hidden: string) => new Response(`<title>${hidden}</title>`, { status: 401 })],
  ['a text', (hidden: string) => new Response(hidden, { status: 401 })],
  ['a nested message', (hidden: string) => refusalWith({}, { error: { code: hidden, message: hidden } })],
  [
    'a challenge',
    (hidden: string) => new Response('', { status: 401, headers: { 'www-authenticate': `Basic error="${hidden}"` } }),
  ],
])('a secret is not shown if a server repeats it in %s, in any spelling', async (_where, answer) => {
  const spellings = [
    encodeURIComponent(oddSecret).replaceAll(/%\w\w/g, (byte) => byte.toLowerCase()),
    Buffer.from(oddSecret).toString('base64'),
    Buffer.from(oddSecret).toString('hex'),
    JSON.stringify(oddSecret).replaceAll('é', String.raw`\u00e9`),
    oddSecret.replaceAll('&', '&amp;').replaceAll('é', '&#233;'),
  ]
  for (const spelling of spellings) {
    const endpoint = tokenEndpoint(answer(spelling))
    // oxlint-disable-next-line no-await-in-loop -- one spelling after the other
    const error = await errorOf(sourceOver(endpoint, { clientSecret: oddSecret }).getToken())
    expectNoSecret(error)
    expect(shown(error)).not.toContain(spelling)
  }
})

test.each(['access_token', 'refresh_token', 'id_token'])(
  'an answer that cannot be used does not show its %s, even if the server repeats it',
  async (name) => {
    const members = { [name]: 'token-secret', token_type: 'mac', error_description: 'about token-secret' }
    const answer = Response.json(members, { headers: { 'x-request-id': btoa('token-secret') } })
    const error = await errorOf(sourceOver(tokenEndpoint(answer)).getToken())
    expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', requestId: '[redacted]' })
    expectNoSecret(error)
  },
)

test('a copy by structuredClone, and JSON, of an error hold no secret', async () => {
  const error = await errorOf(sourceOver(parrot(401, 'invalid_client')).getToken())
  const copy: unknown = structuredClone(error)
  expectNoSecret(copy, JSON.parse(JSON.stringify(error)), { ...(error as object) })
  expect(copy).toHaveProperty('message', (error as Error).message)
})

test.each<[what: string, thrown: () => unknown]>([
  [
    'an error whose members throw',
    () => Object.defineProperties(new Error('x'), { message: { get: fail }, code: { get: fail } }),
  ],
  ['an error whose cause throws', () => Object.defineProperty(new Error('x'), 'cause', { get: fail })],
  ['a proxy that throws', () => new Proxy({}, { get: fail, has: fail, ownKeys: fail })],
  ['a proxy that was revoked', revokedProxy],
  ['an OAuthError whose message throws', () => Object.defineProperty(refused('x'), 'message', { get: fail })],
  ['undefined', () => undefined],
  ['null', () => null],
  ['a symbol', () => Symbol('token-secret')],
  ['a function', () => () => 'token-secret'],
  [
    'an error with itself as its cause',
    () => {
      const error = new Error('token-secret')
      error.cause = error
      return error
    },
  ],
])('a fetch that throws %s is TOKEN_UNAVAILABLE, and shows no secret', async (_what, thrown) => {
  const fetch = async () => {
    throw thrown()
  }
  const error = await errorOf(sourceOver({ fetch }).getToken())
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_UNAVAILABLE' })
  expectNoSecret(error)
})
