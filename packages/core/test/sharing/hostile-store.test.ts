import { expect, test } from 'vitest'
import type { TokenEvent, TokenStore } from '../../src/index.ts'
import { sourceOver, tokenEndpoint } from '../support.ts'

const stolen = 'a-secret-of-the-store'
const throwing = {
  enumerable: true,
  get: () => {
    throw new Error(stolen)
  },
}
const hour = 3_600_000

/** Entries that no token source has written. */
const entries: [what: string, entry: () => unknown][] = [
  ['a getter that throws', () => Object.defineProperty({ accessToken: 'x' }, 'expiresAt', throwing)],
  ['a getter of an access token that throws', () => Object.defineProperty({}, 'accessToken', throwing)],
  ['an unknown getter that throws', () => Object.defineProperty({ accessToken: 'x' }, 'other', throwing)],
  [
    'a proxy that throws',
    () => {
      const fail = (_target: object, name?: string | symbol): never => {
        // A store returns it by a promise, which looks for this member.
        if (name === 'then') return undefined as never
        throw new Error(stolen)
      }
      return new Proxy(
        {},
        { get: fail, ownKeys: fail, has: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
      )
    },
  ],
  ['a text', () => 'token'],
  ['a number', () => 7],
  ['a list', () => ['token']],
  ['true', () => true],
  ['a function', () => () => 'token'],
  ['a symbol', () => Symbol('token')],
  ['an expiry after every date', () => ({ accessToken: 'x', expiresAt: 9e15 })],
  ['an expiry that is infinite', () => ({ accessToken: 'x', expiresAt: Number.POSITIVE_INFINITY })],
  ['an expiry that is no number', () => ({ accessToken: 'x', expiresAt: '2099-01-01' })],
  ['an expiry that is null', () => ({ accessToken: 'x', expiresAt: null })],
  ['an expiry that is NaN', () => ({ accessToken: 'x', expiresAt: Number.NaN })],
  ['an expiry of a refresh token after every date', () => ({ accessToken: 'x', refreshExpiresAt: -9e15 })],
  ['a refresh token that is a list', () => ({ accessToken: 'x', refreshToken: ['r'] })],
  ['an access token with a line break', () => ({ accessToken: 'x\nEvil: 1' })],
]

const storeWith = (entry: () => unknown, more: object = {}) => {
  const written = new Map<string, unknown>()
  const store: TokenStore = {
    get: (key) => (written.has(key) ? written.get(key) : entry()),
    set: (key, token) => void written.set(key, token),
    delete: (key) => void written.delete(key),
    ...more,
  }
  return { store, written }
}

test.each(entries)('an entry with %s fails no call, is replaced, and an event tells it', async (_what, entry) => {
  const events: TokenEvent[] = []
  const { store, written } = storeWith(entry)
  const source = sourceOver(tokenEndpoint(), { store, onEvent: (event) => void events.push(event) })
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect([...written.values()]).toMatchObject([{ accessToken: 'token-1' }])
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'store-failed',
      operation: 'get',
      message: expect.stringMatching(/is not a token/),
    }),
  )
  expect(JSON.stringify(events)).not.toContain(stolen)
})

test.each(entries)('an entry with %s is replaced by a user’s token, too', async (_what, entry) => {
  const { written, store } = storeWith(entry, {
    replace: async (key: string, isExpected: (current: unknown) => boolean, next: unknown) => {
      if (!isExpected(written.has(key) ? written.get(key) : entry())) return false
      written.set(key, next)
      return true
    },
  })
  const source = sourceOver(tokenEndpoint(), { store, key: 'ada' })
  await source.setToken({ accessToken: 'token-0', refreshToken: 'refresh-0', expiresAt: Date.now() + hour })
  expect([...written.values()]).toMatchObject([{ refreshToken: 'refresh-0' }])
})

test('an entry whose getters change what they return is read once', async () => {
  let reads = 0
  const entry = () =>
    Object.defineProperty({ expiresAt: Date.now() + hour }, 'accessToken', {
      enumerable: true,
      get: () => `token\nof read ${(reads += 1)}`.replace('\n', reads > 1 ? '\n' : '-').replaceAll(' ', '-'),
    })
  const { store } = storeWith(entry)
  expect((await sourceOver(tokenEndpoint(), { store }).getToken()).accessToken).toBe('token-of-read-1')
  expect(reads).toBe(1)
})

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable(new Error(stolen), {})
  revoke()
  return proxy
}

const unknown = 'unknown reason'
const causedBy = (cause: unknown) => new Error('x', { cause })

/** What a store can throw, and what the event says about it. */
const thrown: [what: string, thrown: () => unknown, message: string][] = [
  ['an error whose message is a symbol', () => Object.assign(new Error(), { message: Symbol(stolen) }), unknown],
  ['an error whose message is an object', () => Object.assign(new Error(), { message: { stolen } }), unknown],
  ['an error whose message cannot be read', () => Object.defineProperty(new Error(), 'message', throwing), unknown],
  ['an error whose cause cannot be read', () => Object.defineProperty(new Error('x'), 'cause', throwing), unknown],
  ['a cause whose code cannot be read', () => causedBy(Object.defineProperty(new Error(), 'code', throwing)), unknown],
  [
    'a cause whose code is no text',
    () => causedBy(Object.assign(new Error('y'), { code: Object.create(null) })),
    'x: y',
  ],
  ['a cause with a code', () => causedBy(Object.assign(new Error(stolen), { code: 'ECONNRESET' })), 'x: ECONNRESET'],
  ['a cause that is no error', () => causedBy(7), 'x'],
  ['a cause that cannot be read', () => causedBy(revoked()), unknown],
  ['a cause that quotes an entry', () => causedBy(new SyntaxError(stolen)), 'x: the entry cannot be parsed'],
  ['a proxy that was revoked', revoked, unknown],
  ['undefined', () => undefined, unknown],
  ['a symbol', () => Symbol(stolen), unknown],
  ['an object without a prototype', () => Object.create(null), unknown],
  ['a text', () => 'down: redis://u:pw12@db:6379', 'down: redis://db:6379'],
  ['a URL with a password', () => new Error('down: redis://:pw12@db:6379'), 'down: redis://db:6379'],
  ['a URL with an odd password', () => new Error('down: a+b://u:p@/?#w12@db!'), 'down: a+b://db!'],
  ['a cause with such a URL', () => causedBy(new Error('redis://:pw12@db:6379')), 'x: redis://db:6379'],
  ['a cause that is such a text', () => causedBy('redis://:pw12@db:6379'), 'x: redis://db:6379'],
]

const operations = ['get', 'set', 'delete', 'lock'] as const

test.each(thrown)(
  'a store that rejects with %s is reported without secrets, and fails no call',
  async (_what, make, message) => {
    for (const operation of operations) {
      const events: TokenEvent[] = []
      // oxlint-disable-next-line prefer-promise-reject-errors -- that is what the test is about
      const { store } = storeWith(() => undefined, { [operation]: () => Promise.reject(make()) })
      const source = sourceOver(tokenEndpoint(), { store, onEvent: (event) => void events.push(event) })
      // oxlint-disable no-await-in-loop -- one operation after the other
      expect((await source.getToken()).accessToken).toBe('token-1')
      if (operation === 'delete') await source.clear().catch(() => {})
      // oxlint-enable no-await-in-loop
      const failures = events.filter(({ type }) => type === 'store-failed')
      expect(failures.length).toBeGreaterThan(0)
      for (const failure of failures) expect(failure).toMatchObject({ operation, message })
    }
  },
)
