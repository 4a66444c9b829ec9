import ky, { type HTTPError, isHTTPError, isTimeoutError, type Options } from 'ky'
import { afterEach, expect, test, vi } from 'vitest'
import { bearer, type TokenSource } from '../../src/index.ts'
import { membersOf } from '../../src/members.ts'
import {
  api,
  apiThatTakes,
  deferred,
  errorOf,
  grant,
  refusal,
  sourceOver,
  tokenEndpoint,
  unauthorized,
} from '../support.ts'

const url = 'https://api.example/v1/shops'

/** Retries without a delay, so that a test does not wait. */
const retry = { delay: () => 0 }

/** A ky client whose tokens come from a scripted endpoint, and whose custom fetch is the API. */
function client(target: { fetch: typeof fetch }, endpoint = tokenEndpoint()) {
  return ky.create({ fetch: target.fetch, retry }).extend(bearer(sourceOver(endpoint)))
}

afterEach(() => {
  vi.unstubAllGlobals()
})

test('every call carries a token, and all calls share one', async () => {
  const target = api()
  const endpoint = tokenEndpoint()
  const http = client(target, endpoint)
  expect(await http.get(url).json()).toEqual({ ok: true })
  await http.post(url, { json: { a: 1 } })
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-1'])
  expect(endpoint.requests).toHaveLength(1)
})

test('the method, URL, body and headers of a call arrive unchanged with the token', async () => {
  const target = api()
  await client(target).put(url, { json: { a: 1 }, headers: { 'x-own': 'yes' }, searchParams: { q: 'é' } })
  expect(target.calls[0]).toMatchObject({ method: 'PUT', url: `${url}?q=%C3%A9`, body: '{"a":1}' })
  expect(target.calls[0]?.headers.get('x-own')).toBe('yes')
  expect(target.calls[0]?.headers.get('content-type')).toBe('application/json')
})

test('a header that a beforeRequest hook adds arrives at the API', async () => {
  const target = api()
  const beforeRequest = [({ request }: { request: Request }) => request.headers.set('x-own', 'yes')]
  await client(target).get(url, { hooks: { beforeRequest } })
  expect(target.calls[0]?.headers.get('x-own')).toBe('yes')
  expect(target.calls[0]?.authorization).toBe('Bearer token-1')
})

test("a rejected token is renewed, and the call is sent again immediately and only once, even with ky's retry: 0", async () => {
  const target = apiThatTakes('token-2')
  const endpoint = tokenEndpoint()
  expect(await client(target, endpoint).get(url, { retry: 0 }).json()).toEqual({ ok: true })
  expect(target.calls).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(endpoint.requests).toHaveLength(2)
})

test("the call gets the API's own 401 if the renewed token is rejected too", async () => {
  const target = api(unauthorized(), unauthorized({ 'x-which': 'second' }))
  const error = await errorOf(client(target).get(url))
  expect(isHTTPError(error)).toBe(true)
  expect((error as HTTPError).response.status).toBe(401)
  expect((error as HTTPError).response.headers.get('x-which')).toBe('second')
  expect((error as HTTPError).data).toEqual({ error: 'invalid_token' })
  expect(target.calls).toHaveLength(2)
})

test("the call gets the API's own 401 if the server issues the same token again", async () => {
  const target = api(unauthorized())
  const error = await errorOf(client(target, tokenEndpoint(grant('same'), grant('same'))).get(url))
  expect((error as HTTPError).response.status).toBe(401)
  expect((error as HTTPError).data).toEqual({ error: 'invalid_token' })
  expect(target.calls).toHaveLength(1)
})

test("the call gets the token endpoint's error if a rejected token cannot be renewed", async () => {
  const cancel = vi.fn<() => void>()
  const body = new ReadableStream({ cancel })
  const target = api(new Response(body, { status: 401, headers: { 'www-authenticate': 'Bearer' } }))
  const quirks = { isRejected: undefined }
  const source: TokenSource = {
    ...membersOf(sourceOver(tokenEndpoint(undefined, refusal('invalid_client', 401)))),
    ...quirks,
  }
  const http = ky.create({ fetch: target.fetch }).extend(bearer(source))
  expect(await errorOf(http.get(url))).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client' })
  expect(cancel).toHaveBeenCalledOnce()
})

test('ky does not retry token errors, and passes them to its beforeError hooks', async () => {
  const endpoint = tokenEndpoint(refusal('slow_down', 429))
  const target = api()
  const seen: string[] = []
  const beforeError = [({ error }: { error: Error }) => (seen.push(error.name), error)]
  const error = await errorOf(client(target, endpoint).get(url, { hooks: { beforeError } }))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_UNAVAILABLE' })
  expect(seen).toEqual(['OAuthError'])
  expect(target.calls).toHaveLength(0)
  expect(endpoint.requests).toHaveLength(1)
})

test('after a 503 and then a 401, ky retries the 503, and the token layer sends the 401 call again', async () => {
  const target = api(new Response('', { status: 503 }), unauthorized())
  expect(await client(target).get(url).json()).toEqual({ ok: true })
  expect(target.calls.map(({ authorization }) => authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-2',
  ])
})

test("ky's retry carries the current token, not that of the first attempt", async () => {
  const source = sourceOver(tokenEndpoint())
  const target = api(new Response('', { status: 503 }))
  const beforeRetry = [() => source.setToken({ accessToken: 'newer' })]
  const http = ky.create({ fetch: target.fetch, retry }).extend(bearer(source))
  await http.get(url, { hooks: { beforeRetry } })
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer newer'])
})

const formOf = (entries: Record<string, string | Blob>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(entries)) form.set(name, value)
  return form
}

const streamOf = (text: string) => new Blob([text]).stream()

const reusableBodies: [what: string, options: Options, text: string][] = [
  ['json', { json: { a: [1, 'é'] } }, '{"a":[1,"é"]}'],
  ['a string', { body: 'plain é' }, 'plain é'],
  ['a string of another type', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, '<a/>'],
  ['URLSearchParams', { body: new URLSearchParams({ a: 'b c' }) }, 'a=b+c'],
  ['a Blob', { body: new Blob(['blob'], { type: 'image/x' }) }, 'blob'],
  ['an ArrayBuffer', { body: new TextEncoder().encode('buffer').buffer }, 'buffer'],
  ['a view', { body: new TextEncoder().encode('a view').subarray(2) }, 'view'],
  ['a DataView', { body: new DataView(new TextEncoder().encode('view').buffer) }, 'view'],
  ['an empty string', { body: '' }, ''],
]

test.each(reusableBodies)(
  'through a custom fetch, %s is sent again, even with retry: 0',
  async (_what, options, text) => {
    const target = api(undefined, unauthorized())
    await ky.create({ fetch: target.fetch }).post(url, options)
    await client(target).post(url, { ...options, retry: 0 })
    expect(target.calls.map(({ authorization }) => authorization)).toEqual([null, 'Bearer token-1', 'Bearer token-2'])
    expect(target.calls.map(({ body }) => body)).toEqual([text, text, text])
    const [bare, ...carried] = target.calls.map(({ headers }) => headers.get('content-type'))
    expect(carried).toEqual([bare, bare])
  },
)

test.each(reusableBodies)(
  '%s is sent again without a copy made in advance, even with retry: 0',
  async (_what, options, text) => {
    const target = api(unauthorized())
    vi.stubGlobal('fetch', target.fetch)
    const clone = vi.spyOn(Request.prototype, 'clone')
    const source = sourceOver(tokenEndpoint())
    await ky.extend(bearer(source)).post(url, { ...options, retry: 0 })
    expect(clone).not.toHaveBeenCalled()
    clone.mockRestore()
    expect(target.calls.map(({ body }) => body)).toEqual([text, text])
  },
)

test('a form is sent again, with a boundary that matches its body', async () => {
  const received: unknown[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const form = await new Request(input, init).formData()
    const file = form.get('file')
    received.push([form.get('a'), file instanceof Blob ? await file.text() : file])
    return received.length === 1 ? unauthorized() : new Response()
  }
  await client({ fetch }).post(url, { body: formOf({ a: 'b', file: new Blob(['content']) }), retry: 0 })
  expect(received).toEqual([
    ['b', 'content'],
    ['b', 'content'],
  ])
})

test("the text that the call's own stringifyJson made is sent again", async () => {
  const target = api(unauthorized())
  let count = 0
  const stringifyJson = (data: unknown) => `${(count += 1)} ${JSON.stringify(data)}`
  await client(target).post(url, { json: { a: 1 }, stringifyJson })
  expect(target.calls.map(({ body }) => body)).toEqual(['1 {"a":1}', '1 {"a":1}'])
})

test('json that the caller changes during its call is sent again as it was sent', async () => {
  const target = api(unauthorized())
  const json = { a: 1 }
  const call = client(target).post(url, { json })
  json.a = 2
  await call
  expect(target.calls.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
})

test.each<[string, (options: Options) => void, string]>([
  ['replaces json', (options) => void (options.json = { b: 2 }), '{"b":2}'],
  ['replaces stringifyJson', (options) => void (options.stringifyJson = () => 'own'), 'own'],
  [
    'wraps stringifyJson',
    (options) => {
      const { stringifyJson = JSON.stringify } = options
      options.stringifyJson = (data) => `signed ${stringifyJson(data)}`
    },
    'signed {"a":1}',
  ],
  [
    'wraps fetch, and replaces the body',
    (options) => {
      const { fetch = globalThis.fetch } = options
      options.fetch = (input, init) => fetch(new Request(input, { body: 'replaced' }), init)
    },
    'replaced',
  ],
])('if an init hook %s, what is sent again is what was sent', async (_what, hook, body) => {
  for (const order of ['before', 'after']) {
    const target = api(unauthorized())
    const hooks = { hooks: { init: [hook] } }
    const base = ky.create({ fetch: target.fetch, retry: 0 })
    const added = bearer(sourceOver(tokenEndpoint()))
    const http = order === 'before' ? base.extend(hooks).extend(added) : base.extend(added).extend(hooks)
    await http.post(url, { json: { a: 1 } })
    expect(target.calls.map((sent) => sent.body)).toEqual([body, body])
  }
})

const onceOnly = (): Options => ({ body: streamOf('streamed'), retry: 0 })

test.each<[string, () => Options, number | undefined]>([
  ['a stream that is not buffered', onceOnly, 5000],
  ['a stream that is not buffered, with a hook', () => ({ ...onceOnly(), hooks: { beforeRequest: [() => {}] } }), 5000],
  ['a stream that is buffered', () => ({ body: streamOf('streamed') }), undefined],
  ['text', () => ({ body: 'text', retry: 0 }), undefined],
  ['JSON', () => ({ json: {}, retry: 0 }), undefined],
  ['no body', () => ({ retry: 0 }), undefined],
])('a body that can be sent only once gets a token that lasts five seconds: %s', async (_what, options, validForMs) => {
  const asked: unknown[] = []
  const peek = vi.fn<() => string | undefined>()
  const getToken: TokenSource['getToken'] = async (how) => (asked.push(how?.validForMs), { accessToken: 'x' })
  const target = api()
  const http = ky.create({ fetch: target.fetch }).extend(bearer({ apis: ['https://api.example'], getToken, peek }))
  await http.post(url, options())
  expect(asked).toEqual([validForMs])
  expect(peek).toHaveBeenCalledTimes(validForMs ? 0 : 1)
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer x'])
})

test('the signal of a call with a stream ends its wait for a token that lasts five seconds', async () => {
  const caller = new AbortController()
  const source = { apis: ['https://api.example'], peek: () => 'Bearer x', getToken: () => new Promise<never>(() => {}) }
  const http = ky.create({ fetch: api().fetch }).extend(bearer(source))
  const aborted = errorOf(http.post(url, { ...onceOnly(), signal: caller.signal }))
  await Promise.resolve()
  caller.abort()
  expect(await aborted).toHaveProperty('name', 'AbortError')
})

test('a copy of a body is released if its call gets no token', async () => {
  const clone = vi.spyOn(Request.prototype, 'clone')
  const source = { apis: ['https://api.example'], getToken: () => Promise.reject(new Error('none')) }
  const http = ky.create({ fetch: api().fetch }).extend(bearer(source))
  await errorOf(http.post(url, { body: streamOf('streamed') }))
  const spares = clone.mock.results.map(({ value }) => value as Request)
  clone.mockRestore()
  expect(spares.at(-1)?.bodyUsed).toBe(true)
})

test('an event handler of a hand-written source that throws changes nothing', async () => {
  const target = api(unauthorized())
  const onEvent = () => {
    throw new Error('no metrics today')
  }
  const getToken: TokenSource['getToken'] = async ({ rejected } = {}) => ({ accessToken: rejected ? 'two' : 'one' })
  const http = ky
    .create({ fetch: target.fetch, retry: 0 })
    .extend(bearer({ apis: ['https://api.example'], getToken, onEvent }))
  await http.get(url)
  await http.get('https://other.example/')
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer one', 'Bearer two', null])
})

test.each([
  ['a stream', () => ({ input: url, options: { body: streamOf('streamed') } })],
  ['a Request', () => ({ input: new Request(url, { method: 'POST', body: 'streamed' }), options: {} })],
])('%s is sent again if ky buffers it', async (_what, make) => {
  const target = api(unauthorized())
  const { input, options } = make()
  await client(target).post(input, options)
  expect(target.calls.map(({ body }) => body)).toEqual(['streamed', 'streamed'])
})

test('a stream with retry: 0 is not buffered: the call gets the 401, and the next call gets a new token', async () => {
  const target = api(unauthorized())
  const http = client(target)
  const clone = vi.spyOn(Request.prototype, 'clone')
  const error = await errorOf(http.post(url, { body: streamOf('streamed'), retry: { limit: 0 } }))
  expect(clone).not.toHaveBeenCalled()
  clone.mockRestore()
  expect((error as HTTPError).response.status).toBe(401)
  expect((error as HTTPError).data).toEqual({ error: 'invalid_token' })
  await http.get(url)
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
})

test.each([
  ['no hooks', {}],
  ['a beforeRequest hook', { beforeRequest: [() => {}] }],
  ['an afterResponse hook', { afterResponse: [() => {}] }],
])('a Request with a body is sent again with retry: 0, with %s', async (_what, hooks) => {
  const target = api(unauthorized())
  await client(target).post(new Request(url, { method: 'POST', body: 'text' }), { retry: 0, hooks })
  expect(target.calls.map(({ body }) => body)).toEqual(['text', 'text'])
})

test.each(['before', 'between', 'after'])(
  'the nearest prefix wins, if a hook that replaces all hooks stands %s',
  async (place) => {
    const target = api()
    const source = (accessToken: string, prefix: string): TokenSource => ({
      apis: [prefix],
      getToken: async () => ({ accessToken }),
    })
    const replace = { hooks: { init: [(options: { hooks?: object }) => void (options.hooks = { beforeRequest: [] })] } }
    const near = bearer(source('near', 'https://api.example/v1'))
    const far = bearer(source('far', 'https://api.example'))
    const parts =
      { before: [replace, near, far], between: [near, replace, far], after: [near, far, replace] }[place] ?? []
    const http = parts.reduce((one, options) => one.extend(options), ky.create({ fetch: target.fetch, retry: 0 }))
    await http.get('https://api.example/v1/things')
    await http.get('https://api.example/v2/things')
    expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer near', 'Bearer far'])
  },
)

test('if ky.retry() replaced the request, the new request is sent again', async () => {
  const target = api(undefined, unauthorized())
  const replace = [
    ({ retryCount }: { retryCount: number }) =>
      retryCount === 0
        ? ky.retry({ request: new Request(`${url}/2`, { method: 'POST', body: 'replaced' }) })
        : undefined,
  ]
  await client(target).post(url, { json: { a: 1 }, hooks: { afterResponse: replace } })
  expect(target.calls.map(({ body }) => body)).toEqual(['{"a":1}', 'replaced', 'replaced'])
})

test.each(['beforeRequest', 'beforeRetry'] as const)(
  'if a %s hook replaced the request, the new request is sent again',
  async (hook) => {
    const target = api(...(hook === 'beforeRetry' ? [new Response('', { status: 503 })] : []), unauthorized())
    const replace = [({ request }: { request: Request }) => new Request(request, { body: 'replaced' })]
    await client(target).put(url, { json: { a: 1 }, hooks: { [hook]: replace } })
    expect(target.calls.slice(-2).map(({ body }) => body)).toEqual(['replaced', 'replaced'])
  },
)

const hookKinds = ['beforeRequest', 'beforeRetry', 'afterResponse'] as const
const wholeBodies: [string, () => Options, RegExp][] = [
  ['JSON', () => ({ json: { a: 1 } }), /^{"a":1}$/],
  ['text', () => ({ body: 'text' }), /^text$/],
  ['parameters', () => ({ body: new URLSearchParams({ a: '1' }) }), /^a=1$/],
  ['a form', () => ({ body: formOf({ a: 'one' }) }), /name="a"\r\n\r\none\r\n/],
  ['a Blob', () => ({ body: new Blob(['blob']) }), /^blob$/],
  ['bytes', () => ({ body: new TextEncoder().encode('bytes') }), /^bytes$/],
  ['a buffer', () => ({ body: new TextEncoder().encode('buffer').buffer }), /^buffer$/],
  ['nothing', () => ({}), /^$/],
]

test.each(
  hookKinds.flatMap((hook) =>
    wholeBodies.flatMap(([what, options, sent]) =>
      [0, { limit: 0 }, 2].map((limit) => [hook, what, JSON.stringify(limit), options, sent, limit] as const),
    ),
  ),
)('with a %s hook, a call with %s is sent again, with retry %s', async (hook, _what, _text, options, sent, limit) => {
  const target = api(unauthorized())
  const response = await client(target).post(url, { ...options(), retry: limit, hooks: { [hook]: [() => {}] } })
  expect(response.status).toBe(200)
  expect(target.calls.map(({ body }) => body)).toEqual([expect.stringMatching(sent), expect.stringMatching(sent)])
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
})

test.each(hookKinds)(
  'with a %s hook and retry 0, a stream is not buffered, and the call gets the 401',
  async (hook) => {
    const target = api(unauthorized())
    const body = new Blob(['stream']).stream()
    const error = await errorOf(client(target).post(url, { body, retry: 0, hooks: { [hook]: [() => {}] } }))
    expect((error as HTTPError).response.status).toBe(401)
    expect(target.calls).toHaveLength(1)
  },
)

test('with retry 0, a request that a hook replaced is sent again as it was sent', async () => {
  const target = api(unauthorized())
  const beforeRequest = [({ request }: { request: Request }) => new Request(request, { body: 'replaced' })]
  await client(target).put(url, { json: { a: 1 }, retry: 0, hooks: { beforeRequest } })
  expect(target.calls.map(({ body }) => body)).toEqual(['replaced', 'replaced'])
})

test('upload progress is reported in the same steps as without the token layer', async () => {
  const upload = async (http: typeof ky) => {
    const seen: number[] = []
    await http.post(url, { body: 'x'.repeat(1000), onUploadProgress: ({ percent }) => void seen.push(percent) })
    return seen
  }
  const target = api(undefined, unauthorized())
  const expected = await upload(ky.create({ fetch: target.fetch }))
  expect(await upload(client(target))).toEqual(expected)
  expect(target.calls.map(({ body }) => body.length)).toEqual([1000, 1000, 1000])
})

test('a call with its own Authorization header is sent unchanged, and its 401 renews no token', async () => {
  const target = api(unauthorized())
  const endpoint = tokenEndpoint()
  await errorOf(client(target, endpoint).get(url, { headers: { authorization: 'Basic x' } }))
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Basic x'])
  expect(endpoint.requests).toHaveLength(0)
})

test.each([
  'https://other.example/v1',
  'http://api.example/v1',
  'https://api.example.evil.test/v1',
  'https://api.example:8443/v1',
])('a call to %s carries no token, and its 401 renews no token', async (elsewhere) => {
  const target = api(unauthorized())
  const endpoint = tokenEndpoint()
  await errorOf(client(target, endpoint).get(elsewhere))
  expect(target.calls.map(({ authorization }) => authorization)).toEqual([null])
  expect(endpoint.requests).toHaveLength(0)
})

test('a 401 after a redirect to another origin renews no token', async () => {
  const endpoint = tokenEndpoint()
  const redirected = Object.defineProperties(unauthorized(), {
    redirected: { value: true },
    url: { value: 'https://other.example/login' },
  })
  const error = await errorOf(client(api(redirected), endpoint).get(url))
  expect((error as HTTPError).response.status).toBe(401)
  expect(endpoint.requests).toHaveLength(1)
})

test.each(['https://api.example/users/me', 'https://other.example/v1'])(
  'a 401 after a redirect to %s, outside the API of the call, renews no token',
  async (led) => {
    const apis = ['https://api.example/v1', 'https://other.example']
    const redirected = Object.defineProperties(unauthorized(), { redirected: { value: true }, url: { value: led } })
    const target = api(redirected)
    const http = ky.create({ fetch: target.fetch }).extend(bearer(sourceOver(tokenEndpoint(), { apis })))
    await errorOf(http.get('https://api.example/v1/shops'))
    expect(target.calls).toHaveLength(1)
  },
)

test('a 401 after a redirect within the API renews the token', async () => {
  const redirected = Object.defineProperties(unauthorized(), {
    redirected: { value: true },
    url: { value: 'https://api.example/v2/shops' },
  })
  const target = api(redirected)
  await client(target).get(url)
  expect(target.calls).toHaveLength(2)
})

test('with two providers on one client, in either order, each token goes to its own API only', async () => {
  const one = bearer(sourceOver(tokenEndpoint(grant('of-one')), { apis: ['https://api.example/one'] }))
  const two = bearer(sourceOver(tokenEndpoint(grant('of-two')), { apis: ['https://api.example/two'] }))
  const orders = [
    [one, two],
    [two, one],
  ]
  for (const [first = {}, second = {}] of orders) {
    const target = api()
    const http = ky.create({ fetch: target.fetch, prefix: 'https://api.example' }).extend(first).extend(second)
    for (const path of ['one', 'two', 'three']) await http.get(path)
    expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer of-one', 'Bearer of-two', null])
  }
})

test('a custom fetch is used, whether create, extend or the call sets it', async () => {
  const [before, later, perCall] = [api(), api(), api()]
  const base = ky.create({ fetch: before.fetch }).extend(bearer(sourceOver(tokenEndpoint())))
  await base.get(url)
  const extended = base.extend({ fetch: later.fetch })
  await extended.get(url)
  await extended.get(url, { fetch: perCall.fetch })
  for (const { calls } of [before, later, perCall]) {
    expect(calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1'])
  }
})

test('a custom fetch that reads only the request finds the token in it', async () => {
  const seen: (string | null)[] = []
  const app = (request: Request) => {
    seen.push(request.headers.get('authorization'))
    return Promise.resolve(Response.json({ ok: true }))
  }
  await client({ fetch: app as typeof fetch }).post(url, { json: { a: 1 } })
  expect(seen).toEqual(['Bearer token-1'])
})

test.each<[what: string, send: (http: typeof ky) => Promise<unknown>]>([
  ['a call', (http) => http.get(url)],
  ['a call with a body', (http) => http.post(url, { json: { a: 1 } })],
  ["a call with an option of Next.js's fetch", (http) => http.get(url, { next: { tags: ['own'] } } as object)],
])('the fetch of Next.js, whose cache reads only the request, finds the token in it: %s', async (_what, send) => {
  const target = apiThatTakes('token-2')
  const inRequest: unknown[] = []
  const patched: typeof fetch = (input, init) => {
    inRequest.push((input as Request).headers.get('authorization'))
    return target.fetch(input, init)
  }
  vi.stubGlobal('fetch', Object.assign(patched, { __nextPatched: true }))
  await send(ky.create({ retry }).extend(bearer(sourceOver(tokenEndpoint(grant('token-1'), grant('token-2'))))))
  expect(inRequest).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(target.calls).toEqual(inRequest)
})

test('options that only fetch knows, such as dispatcher, reach a custom fetch', async () => {
  let seen: unknown
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    seen = Object.entries(init ?? {}).find(([name]) => name === 'dispatcher')
    return new Response()
  }
  await client({ fetch }).get(url, { dispatcher: 'mine' } as object)
  expect(seen).toEqual(['dispatcher', 'mine'])
})

test("ky's own request never holds the token, with the platform's fetch or with a custom one", async () => {
  const failing = () => api(unauthorized(), unauthorized()).fetch
  vi.stubGlobal('fetch', failing())
  for (const http of [ky, ky.create({ fetch: failing() })]) {
    const error = await errorOf(http.extend(bearer(sourceOver(tokenEndpoint()))).get(url))
    expect((error as HTTPError).response.status).toBe(401)
    expect((error as HTTPError).request.headers.has('authorization')).toBe(false)
  }
})

test("the platform's fetch gets ky's request without the token, and the token with all other headers in init", async () => {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({}))
  vi.stubGlobal('fetch', fetch)
  await ky.extend(bearer(sourceOver(tokenEndpoint()))).get(url, { headers: { 'x-own': 'yes' } })
  const [request, init] = fetch.mock.calls[0] ?? []
  expect(Object.fromEntries(new Headers(init?.headers))).toEqual({ authorization: 'Bearer token-1', 'x-own': 'yes' })
  expect((request as Request).headers.has('authorization')).toBe(false)
})

test("a caller's signal ends only its own wait for a token", async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const http = client(api(), endpoint)
  const caller = new AbortController()
  const aborted = errorOf(http.get(url, { signal: caller.signal }))
  const patient = http.get(url)
  await vi.waitFor(() => expect(endpoint.requests).toHaveLength(1), { timeout: 300_000 })
  caller.abort()
  expect(await aborted).toHaveProperty('name', 'AbortError')
  answer.resolve(grant('token-1'))
  expect((await patient).status).toBe(200)
  expect(endpoint.requests).toHaveLength(1)
})

test("a caller's signal ends its wait even if the source ignores the signal", async () => {
  const deaf: TokenSource = { apis: ['https://api.example'], getToken: () => new Promise(() => {}) }
  const caller = new AbortController()
  const http = ky.create({ fetch: api().fetch }).extend(bearer(deaf))
  const aborted = errorOf(http.get(url, { signal: caller.signal }))
  await Promise.resolve()
  caller.abort()
  expect(await aborted).toHaveProperty('name', 'AbortError')
})

test("ky's timeout ends the caller's wait for a token", async () => {
  vi.useFakeTimers()
  const answer = deferred<Response>()
  const target = api()
  const http = client(target, tokenEndpoint(answer.promise))
  const error = errorOf(http.get(url, { timeout: 100 }))
  await vi.advanceTimersByTimeAsync(100)
  expect(isTimeoutError(await error)).toBe(true)
  answer.resolve(grant('token-1'))
  await vi.advanceTimersByTimeAsync(0)
  vi.useRealTimers()
  expect(target.calls).toHaveLength(0)
  await http.get(url)
  expect(target.calls).toHaveLength(1)
})

test.each([{}, { accessToken: undefined }, { accessToken: '' }, { accessToken: 'token-secret\n' }, undefined])(
  'a token that cannot be sent in a header is a TypeError that does not show it: %o',
  async (token) => {
    const target = api()
    const vault = { apis: ['https://api.example'], getToken: async () => token as { accessToken: string } }
    const error = await errorOf(ky.create({ fetch: target.fetch }).extend(bearer(vault)).get(url))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', expect.stringContaining('gave a token whose accessToken is missing'))
    expect(target.calls).toHaveLength(0)
  },
)

test('a call that cannot be sent again and is aborted during the renewal gets an AbortError', async () => {
  const caller = new AbortController()
  const endpoint = tokenEndpoint(undefined, new Promise<Response>(() => caller.abort()))
  const streamed = { body: streamOf('streamed'), retry: 0, signal: caller.signal }
  const call = client(api(unauthorized()), endpoint).post(url, streamed)
  expect(await errorOf(call)).toHaveProperty('name', 'AbortError')
})

test('if stringifyJson returns undefined, JSON.stringify is used, as in ky', async () => {
  const target = api(unauthorized())
  await client(target).post(url, { json: { a: 1 }, stringifyJson: () => undefined as never })
  expect(target.calls.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
})

test.each([200, 403, 500])('with a hand-written source, a %i does not mean a rejected token', async (status) => {
  const target = api(new Response(null, { status }))
  const vault = { apis: ['https://api.example'], getToken: async () => ({ accessToken: 'x' }) }
  await ky.create({ fetch: target.fetch, throwHttpErrors: false, retry: 0 }).extend(bearer(vault)).get(url)
  expect(target.calls).toHaveLength(1)
})

test('if peek returns a token, getToken is not called', async () => {
  const source = sourceOver(tokenEndpoint())
  await source.getToken()
  const getToken = vi.fn<TokenSource['getToken']>()
  await ky
    .create({ fetch: api().fetch })
    .extend(bearer({ ...membersOf(source), getToken }))
    .get(url)
  expect(getToken).not.toHaveBeenCalled()
})

test('the rejected response is discarded, so that its connection is free for the second sending', async () => {
  const cancel = vi.fn<() => void>()
  const refused = new Response(new ReadableStream({ cancel }), { status: 401 })
  const source: TokenSource = { ...membersOf(sourceOver(tokenEndpoint())), isRejected: undefined }
  await ky
    .create({ fetch: api(refused).fetch })
    .extend(bearer(source))
    .get(url)
  expect(cancel).toHaveBeenCalledOnce()
})

test.each([1, { limit: 1 }, {}, undefined])('a stream is buffered if ky is allowed to retry: %o', async (perCall) => {
  const target = api(unauthorized())
  const http = ky.create({ fetch: target.fetch }).extend(bearer(sourceOver(tokenEndpoint())))
  await http.post(url, { body: streamOf('streamed'), ...(perCall !== undefined && { retry: perCall }) })
  expect(target.calls.map(({ body }) => body)).toEqual(['streamed', 'streamed'])
})

test('a successful response is neither cloned nor read', async () => {
  const response = Response.json({ ok: true })
  const clone = vi.spyOn(response, 'clone')
  const fetch = async () => response
  expect(await client({ fetch }).get(url)).toBe(response)
  expect(clone).not.toHaveBeenCalled()
  expect(response.bodyUsed).toBe(false)
})

test('a selector chooses the token source for each call', async () => {
  const tenants: Record<string, TokenSource> = {
    a: sourceOver(tokenEndpoint(grant('of-a'))),
    b: sourceOver(tokenEndpoint(grant('of-b'))),
  }
  const target = api()
  const http = ky
    .create({ fetch: target.fetch })
    .extend(bearer(async ({ context }) => tenants[String(context['tenant'])]))
  for (const context of [{ tenant: 'a' }, { tenant: 'b' }, { tenant: 'c' }, undefined]) {
    await http.get(url, context && { context })
  }
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer of-a', 'Bearer of-b', null, null])
})

test('an error that a selector throws rejects the call', async () => {
  const http = ky.create({ fetch: api().fetch }).extend(
    bearer(() => {
      throw new RangeError('no such tenant')
    }),
  )
  let call: Promise<unknown> | undefined
  expect(() => (call = http.get(url))).not.toThrow()
  expect(await errorOf(call ?? Promise.resolve())).toBeInstanceOf(RangeError)
})

test('a hand-written source, such as a vault, needs getToken and apis only', async () => {
  let version = 0
  const vault: TokenSource = {
    apis: ['https://api.example'],
    getToken: async () => ({ accessToken: `v${(version += 1)}` }),
  }
  const target = apiThatTakes('v2')
  const http = ky.create({ fetch: target.fetch }).extend(bearer(vault))
  expect(await http.get(url).json()).toEqual({ ok: true })
  expect(target.calls).toEqual(['Bearer v1', 'Bearer v2'])
})

test.each([undefined, null, {}, { hooks: {} }, { apis: 'https://api.example' }])(
  'bearer throws at once for a value that is not a source: %o',
  (source) => {
    expect(() => bearer(source as never)).toThrow('a token source needs apis')
  },
)

test.each([[], ['http://api.example'], ['api.example']])(
  'bearer throws at once for a source with the apis %j',
  (...apis) => {
    expect(() => bearer({ apis, getToken: async () => ({ accessToken: 'x' }) })).toThrow(TypeError)
  },
)
