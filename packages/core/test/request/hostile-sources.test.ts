import ky from 'ky'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bearer, bearerFetch, type TokenSource } from '../../src/index.ts'
import { api, errorOf, sourceOver, tokenEndpoint, unauthorized } from '../support.ts'

// Sources written by hand, whose members throw. A promise that is rejected and not handled fails this file.

const url = 'https://api.example/v1'

let unhandled: unknown[]
const onUnhandled = (reason: unknown) => void unhandled.push(reason)

beforeEach(() => {
  unhandled = []
  process.on('unhandledRejection', onUnhandled)
})

afterEach(async () => {
  // Node reports such a promise after all that is due now.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

const fail = (): never => {
  throw new Error('no metrics today')
}

const failing: [what: string, own: PropertyDescriptor][] = [
  ['throws', { value: fail }],
  ['rejects', { value: async () => fail() }],
  // oxlint-disable-next-line unicorn/no-thenable -- That is what is tested.
  ['returns an object whose then throws', { value: () => Object.defineProperty({}, 'then', { get: fail }) }],
  ['is a getter that throws', { get: fail }],
  ['is not a function', { value: 'text' }],
]

const source = (own: Partial<TokenSource> = {}): TokenSource => ({
  apis: ['https://api.example'],
  getToken: async ({ rejected } = {}) => ({ accessToken: rejected ? 'two' : 'x'.repeat(5000) }),
  ...own,
})

const withMember = (name: keyof TokenSource, member: PropertyDescriptor, own?: Partial<TokenSource>) =>
  Object.defineProperty(source(own), name, member)

const redirected = () =>
  Object.defineProperties(new Response(), {
    redirected: { value: true },
    url: { value: 'https://api.example/admin' },
  })

test.each(failing)('an onEvent that %s changes nothing, at each kind of event', async (_what, onEvent) => {
  const tokens = withMember('onEvent', onEvent, { exceptApis: ['https://api.example/admin'] })
  const script = () => [unauthorized(), undefined, new Response(null, { status: 431 }), redirected()]
  for (const send of [
    (fetch: typeof globalThis.fetch) => bearerFetch(tokens, fetch),
    (fetch: typeof globalThis.fetch) => ky.create({ fetch, throwHttpErrors: false, retry: 0 }).extend(bearer(tokens)),
  ]) {
    const target = api(...script())
    const call = send(target.fetch)
    // Rejected and sent again, with a token that is too long, redirected, sent elsewhere, by http: and with own headers.
    expect((await call(url)).status).toBe(200)
    expect((await call(url)).status).toBe(431)
    expect((await call(url)).status).toBe(200)
    expect((await call('https://other.example/')).status).toBe(200)
    expect((await call('http://api.example/')).status).toBe(200)
    expect((await call(url, { headers: { authorization: 'Basic x' } })).status).toBe(200)
    const sent = target.calls.map(({ authorization }) => authorization?.slice(0, 10) ?? 'none')
    expect(sent.join()).toBe('Bearer xxx,Bearer two,Bearer xxx,Bearer xxx,none,none,Basic x')
  }
})

test.each(failing)('an onEvent that %s does not hide the error of a renewal', async (_what, onEvent) => {
  const getToken: TokenSource['getToken'] = async ({ rejected } = {}) => (rejected ? fail() : { accessToken: 'one' })
  const tokens = withMember('onEvent', onEvent, { getToken })
  expect(await errorOf(bearerFetch(tokens, api(unauthorized()).fetch)(url))).toHaveProperty(
    'message',
    'no metrics today',
  )
})

test.each(failing)('if isRejected %s, the token does not count as rejected', async (_what, isRejected) => {
  const target = api(unauthorized())
  const response = await bearerFetch(withMember('isRejected', isRejected), target.fetch)(url)
  expect(response.status).toBe(401)
  expect(await response.json()).toEqual({ error: 'invalid_token' })
  expect(target.calls).toHaveLength(1)
})

test.each(['peek', 'getToken'] as const)('an error that %s throws is the error of the call', async (name) => {
  const target = api()
  const call = bearerFetch(withMember(name, { value: fail }), target.fetch)
  expect(await errorOf(call(new Request(url, { method: 'POST', body: 'text' })))).toHaveProperty(
    'message',
    'no metrics today',
  )
  expect(target.calls).toEqual([])
})

test.each([undefined, 7, {}, ['Bearer x'], null])(
  'a peek that returns %j, which is no text, counts as none',
  async (value) => {
    const target = api()
    await bearerFetch(withMember('peek', { value: () => value }), target.fetch)(url)
    expect(target.calls[0]?.authorization).toMatch(/^Bearer x+$/)
  },
)

test('a name that throws leaves the error of a 401 without a token as it is', async () => {
  const client = ky.create({ fetch: api(unauthorized()).fetch }).extend(bearer(withMember('name', { get: fail })))
  expect(await errorOf(client.get('https://other.example/'))).toHaveProperty(
    'message',
    'Request failed with status code 401: GET https://other.example/',
  )
})

test.each([
  ['a spread of a source', { ...sourceOver(tokenEndpoint()) }],
  ['a source whose getToken is not a function', { ...source(), getToken: 'text' as never }],
])('%s has no getToken, so no client is made with it', async (_what, tokens) => {
  const message = 'a token source needs getToken(), and a spread has none: use membersOf'
  expect(() => bearer(tokens)).toThrow(new TypeError(message))
  expect(() => bearerFetch(tokens)).toThrow(new TypeError(message))
  const target = api()
  const selected = ky.create({ fetch: target.fetch, retry: 0 }).extend(bearer(() => tokens))
  expect(await errorOf(selected.get(url))).toEqual(new TypeError(message))
  expect(target.calls).toEqual([])
})
