import ky from 'ky'
import { beforeEach, describe, expect, test } from 'vitest'
import { bearer, bearerFetch, type TokenSource } from '../../src/index.ts'
import { serve } from '../serve.ts'

// Inputs of `fetch` that say one URL when they are checked, and another one when they are sent.

/** What each server got: the `Authorization` headers. */
let seen: { readonly api: (string | undefined)[]; readonly evil: (string | undefined)[] }
let api: string
let evil: string

/** The statuses of the next answers of the API. */
let statuses: number[]

beforeEach(async () => {
  seen = { api: [], evil: [] }
  statuses = []
  const listen = async (name: 'api' | 'evil') => {
    const { url } = await serve(({ headers }, response) => {
      seen[name].push(headers.authorization)
      response.writeHead(statuses.shift() ?? 200).end()
    })
    return `${url}/v1`
  }
  ;[api, evil] = [await listen('api'), await listen('evil')]
})

const source = (): TokenSource => ({
  apis: [api],
  getToken: async ({ rejected } = {}) => ({ accessToken: rejected ? 'two' : 'one' }),
})

/** Returns each value in turn, and then the last one for ever. */
const inTurn =
  <T>(...values: T[]) =>
  () =>
    (values.length > 1 ? values.shift() : values[0]) as T

/** The rest of a Request of another library. */
const rest = () => ({ method: 'GET', headers: new Headers(), body: null })

const turns = [1, 2, 3, 4, 5]

const liars: [what: string, make: () => unknown][] = [
  [
    'a Request of a class with its own url',
    () =>
      new (class extends Request {
        override get url() {
          return api
        }
      })(evil),
  ],
  ['a Request with its own url', () => Object.defineProperty(new Request(evil), 'url', { value: api })],
  [
    'a proxy of a Request',
    () =>
      new Proxy(new Request(evil), {
        get: (to, name) => (name === 'url' ? api : (Reflect.get(to, name, to) as unknown)),
      }),
  ],
  [
    'a proxy that never says the same',
    () => {
      const url = inTurn(api, api, evil)
      return new Proxy(
        { ...rest(), url: '' },
        { get: (to, name) => (name === 'url' ? url() : (Reflect.get(to, name) as unknown)) },
      )
    },
  ],
  ['an object with the prototype of Request', () => Object.create(Request.prototype, { url: { value: api } })],
  ['an object with url and toString', () => ({ ...rest(), url: api, toString: () => evil })],
  ['an object with url and Symbol.toPrimitive', () => ({ ...rest(), url: api, [Symbol.toPrimitive]: () => evil })],
  ...turns.flatMap((count): [string, () => unknown][] => {
    const values = () => [...Array.from({ length: count }, () => api), evil]
    return [
      [
        `an object whose url changes after ${count} reads`,
        () => Object.defineProperty(rest(), 'url', { get: inTurn(...values()), configurable: true }),
      ],
      [`an object whose text changes after ${count} reads`, () => ({ ...rest(), toString: inTurn(...values()) })],
      [
        `a URL of a class whose href changes after ${count} reads`,
        () => {
          const href = inTurn(...values())
          return new (class extends URL {
            override get href() {
              return href()
            }
            override toString() {
              return href()
            }
          })(evil)
        },
      ],
    ]
  }),
  [
    'a URL of a class with its own href',
    () =>
      new (class extends URL {
        override get href() {
          return api
        }
      })(evil),
  ],
  [
    'a Request whose clone is sent elsewhere',
    () => {
      statuses = [401]
      return new (class extends Request {
        override clone() {
          return new Request(evil, { method: 'POST', body: 'text' })
        }
      })(api, { method: 'POST', body: 'text' })
    },
  ],
  [
    'a Request of another library whose clone is sent elsewhere',
    () => {
      statuses = [401]
      const body = new Blob(['text']).stream()
      return {
        ...rest(),
        method: 'POST',
        url: api,
        body,
        clone: () => new Request(evil, { method: 'POST', body: 'text' }),
      }
    },
  ],
]

type Fetch = typeof fetch

/** How other libraries read the two arguments of `fetch`. */
const fetches: [what: string, fetch: Fetch | undefined][] = [
  ['the platform’s fetch', undefined],
  ['a fetch that passes on both', (input, init) => fetch(input, init)],
  ['a fetch that makes a Request', (input, init) => fetch(new Request(input, init))],
  [
    'a fetch that reads the url',
    (input, init) => fetch((input as Request).url ?? (input as URL).href ?? input, headersOf(init)),
  ],
  ['a fetch that reads the text', (input, init) => fetch(`${input as string}?`, headersOf(init))],
]

const headersOf = (init?: RequestInit): RequestInit => (init?.headers ? { headers: init.headers } : {})

describe.each(fetches)('over %s', (_what, over) => {
  test.each(liars)('no token goes elsewhere with %s', async (_input, make) => {
    const send = bearerFetch(source(), over)
    await send(make() as Request).catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error
    })
    expect(seen.evil.filter(Boolean)).toEqual([])
  })
})

test.each<[string, () => unknown]>([
  ['a text', () => api],
  ['a URL', () => new URL(api)],
  ['a Request', () => new Request(api)],
  ['a Request of a class', () => new (class extends Request {})(api)],
  ['an object that is its URL as a text', () => ({ toString: () => api })],
])('%s is sent with the token', async (_what, make) => {
  const send = bearerFetch(source())
  statuses = [401]
  expect((await send(make() as Request)).status).toBe(200)
  expect(seen).toEqual({ api: ['Bearer one', 'Bearer two'], evil: [] })
})

test('the url of a Request of another library becomes read-only if it is sent with a token', async () => {
  const sent: string[] = []
  const over: Fetch = async (input) => {
    Reflect.set(input as Request, 'url', evil)
    sent.push((input as Request).url)
    return new Response()
  }
  const input = { ...rest(), url: api }
  await bearerFetch(source(), over)(input as never)
  await bearerFetch(source(), over)({ ...rest(), url: 'https://other.example/' } as never)
  expect(sent).toEqual([api, evil])
  await expect(
    bearerFetch(source(), over)(Object.defineProperty(rest(), 'url', { get: () => api }) as never),
  ).rejects.toBeInstanceOf(TypeError)
  expect(sent).toHaveLength(2)
})

test('headers that change between reads are read one time', async () => {
  const init = Object.defineProperty({}, 'headers', {
    enumerable: true,
    get: inTurn<object>({ 'x-own': 'yes' }, { authorization: 'Basic changed' }),
  })
  await bearerFetch(source())(api, init)
  expect(seen.api).toEqual(['Bearer one'])
})

test('the headers of a call that change while it waits for its token do not change the call', async () => {
  const headers: Record<string, string> = {}
  const call = bearerFetch(source())(api, { headers })
  headers['authorization'] = 'Basic late'
  await call
  expect(seen.api).toEqual(['Bearer one'])
})

test('with ky, no token goes elsewhere if a hook replaces the request by one that says another URL', async () => {
  class Other extends Request {
    override get url() {
      return api
    }
  }
  for (const over of [fetch, (...given: Parameters<Fetch>) => fetch(...given)]) {
    const client = ky.create({ fetch: over }).extend(bearer(source()))
    await client.get(api, { hooks: { beforeRequest: [() => new Other(evil)] } })
  }
  // Platforms differ in which of the two URLs they send it to.
  expect([...seen.api, ...seen.evil]).toEqual([undefined, undefined])
})
