import ky from 'ky'
import { afterEach, expect, test, vi } from 'vitest'
import { bearer, bearerFetch, type TokenSource } from '../../src/index.ts'
import { membersOf } from '../../src/members.ts'
import { api, apiThatTakes, sourceOver, tokenEndpoint, unauthorized } from '../support.ts'

const url = 'https://api.example/v1/shops'

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  ['a string', url],
  ['a URL', new URL(url)],
  ['a Request', new Request(url)],
  ['a Request of another library', Object.assign(Object.create({ clone: () => new Request(url) }) as Request, { url })],
])('%s is sent with the token', async (_what, input) => {
  const seen: unknown[] = []
  vi.stubGlobal('fetch', async (target: unknown, init?: RequestInit) => {
    seen.push(target, new Headers(init?.headers).get('authorization'))
    return new Response()
  })
  await bearerFetch(sourceOver(tokenEndpoint()))(input)
  expect(seen).toEqual([input instanceof URL ? input.href : input, 'Bearer token-1'])
})

/** A class of Requests of another library, such as node-fetch. */
class OtherRequest {
  readonly url = url
  readonly method = 'GET'
  readonly body = null
  readonly headers = new Headers({ 'x-own': 'yes' })
  clone() {
    return new OtherRequest()
  }
}

test.each<[string, RequestInfo | URL, RequestInit?]>([
  ['a string', url],
  ['a string with headers', url, { headers: { 'x-own': 'yes' } }],
  ['a string with a body', url, { method: 'POST', body: 'text' }],
  ['a URL', new URL(url)],
  ['a URL with headers', new URL(url), { headers: [['x-own', 'yes']] }],
  ['a Request', new Request(url, { headers: { 'x-own': 'yes' } })],
  ['a Request with headers', new Request(url), { headers: new Headers({ 'x-own': 'yes' }) }],
  ['a Request of another library', new OtherRequest() as unknown as Request],
])('a custom fetch gets the kind of input that came in: %s', async (_what, input, init) => {
  const seen: [RequestInfo | URL, RequestInit | undefined][] = []
  const answers = [unauthorized()]
  const fetch: typeof globalThis.fetch = async (...given) => {
    seen.push([given[0], given[1]])
    return answers.pop() ?? new Response()
  }
  expect((await bearerFetch(sourceOver(tokenEndpoint()), fetch)(input, init)).status).toBe(200)
  expect(seen).toHaveLength(2)
  for (const [index, [to, options]] of seen.entries()) {
    expect(to.constructor).toBe(input.constructor)
    expect(to instanceof URL ? to.href : typeof to === 'string' ? to : to.url).toBe(url)
    const headers = new Headers(options?.headers)
    expect(headers.get('authorization')).toBe(`Bearer token-${index + 1}`)
    expect(headers.has('x-own')).toBe(init?.headers !== undefined || 'url' in Object(input))
    expect(options?.method).toBe(init?.method)
    expect(options?.body).toBe(init?.body)
  }
})

test('a custom fetch that gets a Request finds the token in it, too', async () => {
  const seen: (string | null)[] = []
  const fetch = async (input: Request) => (seen.push(input.headers.get('authorization')), new Response())
  await bearerFetch(sourceOver(tokenEndpoint()), fetch as typeof globalThis.fetch)(new Request(url))
  expect(seen).toEqual(['Bearer token-1'])
})

test('a custom fetch that changes its URL object does not change the second attempt', async () => {
  const seen: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    const to = input as URL
    to.searchParams.append('key', 'x')
    seen.push(to.href)
    return seen.length === 1 ? unauthorized() : new Response()
  }
  const input = new URL(url)
  await bearerFetch(sourceOver(tokenEndpoint()), fetch)(input)
  expect(seen).toEqual([`${url}?key=x`, `${url}?key=x`])
  expect(input.href).toBe(url)
})

test('options that only a custom fetch knows reach it, with a body that only it can read', async () => {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response())
  const init = { method: 'POST', body: { pipe() {} } as never, agent: 'mine' }
  await bearerFetch(sourceOver(tokenEndpoint()), fetch)(url, init)
  expect(fetch.mock.calls).toEqual([[url, { ...init, headers: new Headers({ authorization: 'Bearer token-1' }) }]])
})

test('a Request of another library with its own kind of body is not copied, and is not sent again', async () => {
  const body = { pipe() {} }
  const clone = vi.fn<() => void>()
  const input = Object.assign(new OtherRequest(), { method: 'POST', body, clone })
  const target = vi.fn<typeof globalThis.fetch>(async () => unauthorized())
  expect((await bearerFetch(sourceOver(tokenEndpoint()), target)(input as unknown as Request)).status).toBe(401)
  expect(clone).not.toHaveBeenCalled()
  expect(target).toHaveBeenCalledOnce()
})

test('the platform’s fetch is looked up at each call, unless a custom fetch is given', async () => {
  const [own, platform] = [api(), api()]
  const source = sourceOver(tokenEndpoint())
  const [withOwn, withPlatform] = [bearerFetch(source, own.fetch), bearerFetch(source)]
  vi.stubGlobal('fetch', platform.fetch)
  await withOwn(url)
  await withPlatform(url)
  expect([own.calls.length, platform.calls.length]).toEqual([1, 1])
})

test.each([
  ['a string', url, { method: 'POST', body: 'text' }],
  ['a Request', new Request(url, { method: 'POST', body: 'text' }), undefined],
])('a rejected token is renewed, and the body of %s is sent again', async (_what, input, init) => {
  const target = api(unauthorized())
  expect((await bearerFetch(sourceOver(tokenEndpoint()), target.fetch)(input, init)).status).toBe(200)
  expect(target.calls.map(({ body, authorization }) => [body, authorization])).toEqual([
    ['text', 'Bearer token-1'],
    ['text', 'Bearer token-2'],
  ])
})

test('a stream is not buffered: the call gets the unread 401, and the next call gets a new token', async () => {
  const target = api(unauthorized())
  const send = bearerFetch(sourceOver(tokenEndpoint()), target.fetch)
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body: new Blob(['streamed']).stream(),
    duplex: 'half',
  }
  const response = await send(url, init)
  expect(response.status).toBe(401)
  expect(await response.json()).toEqual({ error: 'invalid_token' })
  expect((await send(url)).status).toBe(200)
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
})

test('the values in init win over those of the Request, as with fetch', async () => {
  const target = api()
  const input = new Request(url, { method: 'POST', body: 'a', headers: { 'x-own': 'request' } })
  await bearerFetch(sourceOver(tokenEndpoint()), target.fetch)(input, {
    headers: { 'x-own': 'init' },
    body: 'b',
    method: 'PUT',
  })
  expect(target.calls[0]).toMatchObject({ method: 'PUT', body: 'b', authorization: 'Bearer token-1' })
  expect(target.calls[0]?.headers.get('x-own')).toBe('init')
})

test('a URL object that changes while its call waits for a token does not change the call', async () => {
  const target = api()
  const changing = new URL(url)
  const call = bearerFetch(sourceOver(tokenEndpoint()), target.fetch)(changing)
  changing.host = 'evil.test'
  await call
  expect(target.calls.map((sent) => sent.url)).toEqual([url])
})

test('a peek that returns a header that cannot be sent is a TypeError that does not show it', async () => {
  const source = { ...membersOf(sourceOver(tokenEndpoint())), peek: () => 'Bearer token-secret\n\u0100' }
  const error = await bearerFetch(source, api().fetch)(url).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).not.toContain('token-secret')
})

test('the signal in init wins over that of the Request', async () => {
  const source = { apis: ['https://api.example'], getToken: () => new Promise<never>(() => {}) }
  const reason = new Error('enough')
  const input = new Request(url, { signal: new AbortController().signal })
  const aborted = bearerFetch(source, api().fetch)(input, { signal: AbortSignal.abort(reason) })
  expect(await aborted.catch((error: unknown) => error)).toBe(reason)
})

test('the buffered body is released if the call is not sent again', async () => {
  const clone = vi.spyOn(Request.prototype, 'clone')
  await bearerFetch(sourceOver(tokenEndpoint()), api().fetch)(new Request(url, { method: 'POST', body: 'text' }))
  const [spare] = clone.mock.results.map(({ value }) => value as Request)
  clone.mockRestore()
  expect(spare?.bodyUsed).toBe(true)
})

test('a custom fetch that passes on both its arguments sends body and token', async () => {
  const target = api(unauthorized())
  const passOn: typeof fetch = (input, init) => target.fetch(input, init)
  await bearerFetch(sourceOver(tokenEndpoint()), passOn)(url, { method: 'POST', body: 'text' })
  expect(target.calls.map(({ body, authorization }) => [body, authorization])).toEqual([
    ['text', 'Bearer token-1'],
    ['text', 'Bearer token-2'],
  ])
})

test.each(['/v1/shops', 'https://', 'https://other.example'])('a call to %s is passed on unchanged', async (input) => {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response())
  const init = { method: 'POST' }
  await bearerFetch(sourceOver(tokenEndpoint()), fetch)(input, init)
  expect(fetch.mock.calls).toEqual([[input, init]])
})

test('a relative URL is resolved against the page', async () => {
  vi.stubGlobal('location', { href: 'https://api.example/page' })
  const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response())
  vi.stubGlobal('fetch', fetch)
  await bearerFetch(sourceOver(tokenEndpoint()))('/v1/shops')
  expect(new Headers(fetch.mock.calls[0]?.[1]?.headers).get('authorization')).toBe('Bearer token-1')
})

test('one bearerFetch can wrap another', async () => {
  const target = apiThatTakes('token-1')
  const inner = bearerFetch(sourceOver(tokenEndpoint(), { apis: ['https://other.example'] }), target.fetch)
  expect((await bearerFetch(sourceOver(tokenEndpoint()), inner)(url)).status).toBe(200)
})

test('bearerFetch throws at once for a source with an http: API', () => {
  expect(() => bearerFetch({ apis: ['http://api.example'], getToken: async () => ({ accessToken: 'x' }) })).toThrow(
    TypeError,
  )
})

test('it can be added around the fetch of a client whose source is chosen for each call', async () => {
  const target = api()
  const one = sourceOver(tokenEndpoint())
  const other: TokenSource = { apis: ['https://other.example'], getToken: async () => ({ accessToken: 'other' }) }
  const init = (options: { fetch?: typeof fetch }) => void (options.fetch = bearerFetch(other, options.fetch))
  const http = ky
    .create({ fetch: target.fetch, retry: 0 })
    .extend(bearer(() => one))
    .extend({ hooks: { init: [init] } })
  await http.get('https://api.example/things')
  expect(target.calls[0]?.authorization).toBe('Bearer token-1')
})
