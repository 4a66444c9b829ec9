import ky from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bearer, bearerFetch, type TokenSource } from '../../src/index.ts'
import { errorOf } from '../support.ts'

// `Object.prototype` with members that no caller gave. They must plant nothing in a call.

const url = 'https://api.example/v1'
const planted: string[] = []
const plantedHandler = vi.fn<() => void>()

const plant = (name: string, value: unknown) =>
  Reflect.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })

afterEach(() => {
  for (const name of planted.splice(0)) Reflect.deleteProperty(Object.prototype, name)
  vi.unstubAllGlobals()
})

const values: Record<string, unknown> = {
  apis: ['https://evil.test', 'https://api.example'],
  exceptApis: ['https://api.example'],
  peek: () => 'Bearer planted',
  getToken: async () => ({ accessToken: 'planted' }),
  isRejected: () => true,
  onEvent: plantedHandler,
  name: 'planted',
  headers: { authorization: 'Bearer planted', 'x-planted': 'yes' },
  url: 'https://api.example/planted',
  fetch: () => expect.unreachable(),
  authorization: 'Bearer planted',
  body: 'planted',
  method: 'DELETE',
  rejected: 'planted',
  accessToken: 'planted',
  signal: AbortSignal.abort(),
}

const names = Object.keys(values)

function pollute(...list: string[]) {
  for (const name of list) {
    planted.push(name)
    plant(name, values[name])
  }
}

const pollutions: [what: string, names: string[]][] = [
  ...names.map((name): [string, string[]] => [name, [name]]),
  ['all of them', names],
]

/** What a custom `fetch` got: only what is really there. */
let calls: { input: unknown; authorization: string | null; headers: string[]; members: string[] }[]
let statuses: number[]

const target: typeof fetch = async (input, init) => {
  const headers = new Headers(init && Object.hasOwn(init, 'headers') ? init.headers : [])
  const authorization = headers.get('authorization')
  calls.push({ input, authorization, headers: [...headers.keys()], members: Object.keys(init ?? {}) })
  return new Response(null, { status: statuses.shift() ?? 200 })
}

beforeEach(() => {
  calls = []
  statuses = []
})

const own = (): TokenSource => ({
  apis: ['https://api.example'],
  getToken: async ({ rejected } = {}) => ({ accessToken: rejected ? 'two' : 'one' }),
})

class Vault {
  readonly #apis = ['https://api.example']
  readonly #token = 'one'
  get apis() {
    return this.#apis
  }
  async getToken({ rejected }: { rejected?: string | undefined } = {}) {
    return { accessToken: rejected ? 'two' : this.#token }
  }
}

class VaultWithPeek extends Vault {
  peek() {
    return 'Bearer one'
  }
  isRejected({ status }: Response) {
    return status === 401
  }
}

const sources: [what: string, make: () => TokenSource][] = [
  ['a plain object', own],
  ['of a class', () => new Vault()],
  ['of a class with a parent', () => new VaultWithPeek()],
  ['without a prototype', () => Object.assign<object, TokenSource>(Object.create(null) as object, own())],
  ['that inherits from another object', () => Object.create(own()) as TokenSource],
]

test.each(pollutions.flatMap(([what, list]) => sources.map(([kind, make]) => [what, kind, list, make] as const)))(
  'with Object.prototype.%s, a source %s gives its own token, and nothing is planted in the call',
  async (_what, _kind, list, make) => {
    statuses = [401, 200, 401]
    const send = bearerFetch(make(), target)
    pollute(...list)
    expect((await send(url)).status).toBe(200)
    expect((await send(new URL(url), { redirect: 'error' })).status).toBe(200)
    expect((await send('https://evil.test/')).status).toBe(200)
    expect(plantedHandler).not.toHaveBeenCalled()
    expect(calls).toEqual([
      { input: url, authorization: 'Bearer one', headers: ['authorization'], members: ['headers'] },
      { input: url, authorization: 'Bearer two', headers: ['authorization'], members: ['headers'] },
      ...['Bearer one', 'Bearer two'].map((authorization) => ({
        input: new URL(url),
        authorization,
        headers: ['authorization'],
        members: ['redirect', 'headers'],
      })),
      { input: 'https://evil.test/', authorization: null, headers: [], members: [] },
    ])
  },
)

test.each(pollutions)(
  'with Object.prototype.%s, a source of its own still needs apis and getToken',
  async (_what, list) => {
    pollute(...list)
    expect(() => bearerFetch({ ...own(), apis: undefined } as never, target)).toThrow('a token source needs apis')
    expect(() => bearerFetch({ getToken: async () => ({}) } as never, target)).toThrow('a token source needs apis')
    expect(() => bearer('a-token', {} as never)).toThrow('a token source needs apis')
    const { apis } = own()
    expect(() => bearerFetch({ apis } as TokenSource, target)).toThrow('a token source needs getToken')
    const empty = { apis, getToken: async () => ({}) } as unknown as TokenSource
    expect(await errorOf(bearerFetch(empty, target)(url))).toBeInstanceOf(TypeError)
    expect(calls).toEqual([])
  },
)

test('a source gets no token as a rejected one that no API rejected', async () => {
  const getToken = vi.fn<TokenSource['getToken']>(async () => ({ accessToken: 'one' }))
  pollute('rejected')
  await bearerFetch({ ...own(), getToken }, target)(url)
  expect(getToken.mock.calls[0]?.[0]?.rejected).toBeUndefined()
})

test('with ky, the platform’s fetch gets the token, and no planted one', async () => {
  vi.stubGlobal('fetch', target)
  pollute('fetch')
  await ky.extend(bearer(own())).get(url)
  expect(calls).toMatchObject([{ authorization: 'Bearer one' }])
})

test('with ky, the error of a 401 without a token shows no planted name', async () => {
  statuses = [401]
  const client = ky.create({ fetch: target }).extend(bearer(own()))
  pollute('name', 'apis', 'exceptApis')
  expect(await errorOf(client.get('https://other.example/'))).toHaveProperty(
    'message',
    expect.stringMatching(/is not among the apis of the token source$/),
  )
})
