import ky, { type KyInstance, type Options } from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bearer, bearerFetch, type TokenEventDetails, type TokenSource } from '../../src/index.ts'
import { api, errorOf, unauthorized } from '../support.ts'

let target = api()

beforeEach(() => {
  target = api()
})

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A source whose token is its name. */
const sourceOf = (name: string, apis: string[], own: Partial<TokenSource> = {}): TokenSource => ({
  name,
  apis,
  getToken: async () => ({ accessToken: name }),
  ...own,
})

const sent = () => target.calls.map(({ authorization }) => authorization?.replace('Bearer ', ''))

const host = 'https://api.example'
const sources = [
  sourceOf('host', [host]),
  sourceOf('v1', [`${host}/v1/`, 'https://other.example']),
  sourceOf('users', [`${host}/short`, `${host}/v1/users`, host], { exceptApis: [`${host}/v2`] }),
]

/** URLs, and the source whose prefix is the longest. `last` is the one that was added last of `host` and `users`. */
const expected: [string, string][] = [
  [`${host}/v1/users`, 'users'],
  [`${host}/v1/users/7?q=/x`, 'users'],
  [`${host}/v1/users2`, 'v1'],
  [`${host}/v1`, 'v1'],
  [`${host}/v1?q=1`, 'v1'],
  [`${host}/v12`, 'last'],
  [host, 'last'],
  [`${host}/short/x`, 'users'],
  [`${host}/v2/x`, 'host'],
  ['https://other.example/x', 'v1'],
]

const permutations = <T>(list: readonly T[]): T[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((one, index) => permutations(list.toSpliced(index, 1)).map((rest) => [one, ...rest]))

/** What stands between two sources on a client. */
const between: Record<string, (client: KyInstance) => KyInstance> = {
  nothing: (client) => client,
  'hooks of each kind': (client) =>
    client.extend({
      hooks: {
        init: [() => {}],
        beforeRequest: [() => {}],
        beforeRetry: [() => {}],
        afterResponse: [() => {}],
        beforeError: [({ error }) => error],
      },
    }),
  'an init hook that wraps fetch': (client) =>
    client.extend({
      hooks: {
        init: [
          (options) => {
            const { fetch = globalThis.fetch } = options
            options.fetch = (input, init) => fetch(input, init)
          },
        ],
      },
    }),
  'an init hook that adds hooks': (client) =>
    client.extend({
      hooks: { init: [(options) => void (options.hooks = { ...options.hooks, afterResponse: [() => {}] })] },
    }),
  'a fetch': (client) => client.extend({ fetch: target.fetch }),
}

const ways: Record<string, (source: TokenSource, index: number) => Options> = {
  sources: (source) => bearer(source),
  selectors: (source) => bearer(() => source),
  'async selectors': (source) => bearer(async () => source),
  'sources and selectors': (source, index) => bearer(index % 2 ? source : async () => source),
}

const orders = permutations(sources)
const lastOf = (order: readonly TokenSource[]) => order.findLast(({ name }) => name !== 'v1')?.name

test.each(
  Object.keys(between).flatMap((what) =>
    Object.keys(ways).flatMap((way) =>
      orders.map((order) => [way, order.map(({ name }) => name), what, order] as const),
    ),
  ),
)(
  'of the %s %s with %s between them, the one with the longest prefix gives the token',
  async (way, _names, what, order) => {
    let client: KyInstance = ky.create({ fetch: target.fetch })
    for (const [index, source] of order.entries()) {
      const add = ways[way]?.(source, index) ?? {}
      client = (between[what] ?? ((same) => same))(client.extend(add))
    }
    for (const [url] of expected) await client.get(url)
    expect(sent()).toEqual(expected.map(([, name]) => (name === 'last' ? lastOf(order) : name)))
  },
)

test.each(orders.map((order) => [order.map(({ name }) => name), order] as const))(
  'nested calls of bearerFetch know of each other: %s',
  async (_names, order) => {
    let fetch: typeof globalThis.fetch = target.fetch
    for (const source of order) fetch = bearerFetch(source, fetch)
    for (const [url] of expected) await fetch(url)
    expect(sent()).toEqual(expected.map(([, name]) => (name === 'last' ? lastOf(order) : name)))
  },
)

test.each(orders.map((order) => [order.map(({ name }) => name), order] as const))(
  'bearer knows the source of a bearerFetch that is the fetch of its client: %s',
  async (_names, order) => {
    const [first, ...more] = order
    let client: KyInstance = ky.create({ fetch: bearerFetch(first as TokenSource, target.fetch) })
    for (const source of more) client = client.extend(bearer(source))
    for (const [url] of expected) await client.get(url)
    expect(sent()).toEqual(expected.map(([, name]) => (name === 'last' ? lastOf(order) : name)))
  },
)

test('nested calls of bearerFetch without a fetch look the platform’s up at each call', async () => {
  const [one, two] = [sourceOf('one', [`${host}/one`]), sourceOf('two', [`${host}/two`])]
  const fetch = bearerFetch(two, bearerFetch(one))
  vi.stubGlobal('fetch', target.fetch)
  for (const path of ['one', 'two', 'three']) await fetch(`${host}/${path}`)
  expect(sent()).toEqual(['one', 'two', undefined])
})

test.each(orders.map((order) => [order.map(({ name }) => name), order] as const))(
  'two copies of this package know of each other’s sources: %s',
  async (_names, order) => {
    vi.resetModules()
    const copy = await import('../../src/index.ts')
    expect(copy.bearer).not.toBe(bearer)
    let client: KyInstance = ky.create({ fetch: target.fetch })
    let fetch: typeof globalThis.fetch = target.fetch
    for (const [index, source] of order.entries()) {
      const from = index % 2 ? copy : { bearer, bearerFetch }
      client = (between['an init hook that wraps fetch'] as (same: KyInstance) => KyInstance)(
        client.extend(from.bearer(source)),
      )
      fetch = from.bearerFetch(source, fetch)
    }
    const names = expected.map(([, name]) => (name === 'last' ? lastOf(order) : name))
    for (const [url] of expected) await client.get(url)
    for (const [url] of expected) await fetch(url)
    expect(sent()).toEqual([...names, ...names])
  },
)

const v1 = sourceOf('v1', [`${host}/v1`])

test.each([
  ['a selector that chooses none', () => undefined],
  ['an async selector that chooses none', async () => undefined],
])('%s is no candidate', async (_what, none) => {
  const client = ky.create({ fetch: target.fetch }).extend(bearer(v1)).extend(bearer(none))
  await client.get(`${host}/v1`)
  await client.get(`${host}/v2`)
  await ky.create({ fetch: target.fetch }).extend(bearer(none)).get(`${host}/v1`)
  expect(sent()).toEqual(['v1', undefined, undefined])
})

test('all selectors run for each call, with its context', async () => {
  const seen: unknown[] = []
  const select = (source: TokenSource) =>
    bearer(({ context }) => {
      seen.push([source.name, context['tenant']])
      return source
    })
  const client = ky
    .create({ fetch: target.fetch })
    .extend(select(v1))
    .extend(select(sourceOf('host', [host])))
  await client.get(`${host}/v1`, { context: { tenant: 'a' } })
  expect(seen).toEqual([
    ['v1', 'a'],
    ['host', 'a'],
  ])
})

test.each([
  [
    'throws',
    () => Promise.reject(new Error('first')),
    () => {
      throw new Error('second')
    },
  ],
  [
    'rejects',
    () => {
      throw new Error('first')
    },
    () => Promise.reject(new Error('second')),
  ],
])('if a selector %s, the call fails with its error, even if another one fails too', async (_what, one, two) => {
  const client = ky.create({ fetch: target.fetch }).extend(bearer(one)).extend(bearer(two))
  expect(await errorOf(client.get(host))).toMatchObject({ message: expect.stringMatching(/first|second/) as string })
  // Vitest fails if the other error is an unhandled rejection.
  expect(sent()).toEqual([])
})

test.each([false, true])(
  'if the nearest source has no token, the call fails: no other source is asked',
  async (isLast) => {
    const broken = sourceOf('v1', [`${host}/v1`], { getToken: () => Promise.reject(new Error('no token')) })
    const getToken = vi.fn<TokenSource['getToken']>(async () => ({ accessToken: 'host' }))
    const far = sourceOf('host', [host], { getToken })
    const [first, second] = isLast ? [far, broken] : [broken, far]
    const client = ky.create({ fetch: target.fetch }).extend(bearer(first)).extend(bearer(second))
    expect(await errorOf(client.get(`${host}/v1`))).toMatchObject({ message: 'no token' })
    expect(await errorOf(bearerFetch(second, bearerFetch(first, target.fetch))(`${host}/v1`))).toBeInstanceOf(Error)
    expect(getToken).not.toHaveBeenCalled()
    expect(sent()).toEqual([])
  },
)

test('a call that is sent again gets the newer token of the same source', async () => {
  target = api(unauthorized())
  const getToken: TokenSource['getToken'] = async ({ rejected } = {}) => ({ accessToken: rejected ? 'newer' : 'v1' })
  const client = ky
    .create({ fetch: target.fetch })
    .extend(bearer(sourceOf('v1', [`${host}/v1`], { getToken })))
    .extend(bearer(sourceOf('host', [host])))
  await client.get(`${host}/v1`)
  expect(sent()).toEqual(['v1', 'newer'])
})

test('a 401 after a redirect to an API of another source renews no token', async () => {
  const redirected = { redirected: { value: true }, url: { value: `${host}/v1/login` } }
  target = api(Object.defineProperties(unauthorized(), redirected))
  const getToken = vi.fn<TokenSource['getToken']>(async () => ({ accessToken: 'host' }))
  const client = ky
    .create({ fetch: target.fetch })
    .extend(bearer(v1))
    .extend(bearer(sourceOf('host', [host], { getToken })))
  await errorOf(client.get(`${host}/v2`))
  expect(getToken).toHaveBeenCalledOnce()
  expect(sent()).toEqual(['host'])
})

test('if a call gets a token of one source, the other sources get no event', async () => {
  const events: TokenEventDetails[] = []
  const onEvent = (event: TokenEventDetails) => void events.push(event)
  const client = ky
    .create({ fetch: target.fetch })
    .extend(bearer(sourceOf('v1', [`${host}/v1`], { onEvent })))
    .extend(bearer(sourceOf('v2', [`${host}/v2`], { onEvent })))
  await client.get(`${host}/v1`)
  await client.get(`${host}/v2`)
  expect(events).toEqual([])
  await client.get(`${host}/v1`, { headers: { authorization: 'Basic x' } })
  expect(events.splice(0)).toEqual([{ type: 'skipped', why: 'authorization', origin: host }])
  await client.get(`${host}/v3`)
  expect(events).toEqual([
    { type: 'skipped', why: 'elsewhere', origin: host },
    { type: 'skipped', why: 'elsewhere', origin: host },
  ])
})

test('a source that is added twice gives its token once', async () => {
  const twice = bearer(v1)
  await ky.create({ fetch: target.fetch }).extend(twice).extend(twice).get(`${host}/v1`)
  expect(sent()).toEqual(['v1'])
})

test('the sources of one client do not reach another client that extends the same base', async () => {
  const base = ky.create({ fetch: target.fetch }).extend(bearer(sourceOf('host', [host])))
  const own = base.extend(bearer(v1))
  for (const client of [own, base, own]) await client.get(`${host}/v1`)
  expect(sent()).toEqual(['v1', 'host', 'v1'])
})

test.each(['peek', 'getToken'] as const)('ky’s retry chooses the source again, by %s', async (how) => {
  target = api(new Response('', { status: 503 }))
  const peek = how === 'peek' ? () => 'Bearer v1' : undefined
  const beforeRetry = [() => new Request(`${host}/other`)]
  const client = ky
    .create({ fetch: target.fetch, retry: { delay: () => 0 } })
    .extend(bearer(sourceOf('v1', [`${host}/v1`], { peek })))
    .extend(bearer(sourceOf('host', [host])))
  await client.get(`${host}/v1`, { hooks: { beforeRetry } })
  expect(sent()).toEqual(['v1', 'host'])
})
