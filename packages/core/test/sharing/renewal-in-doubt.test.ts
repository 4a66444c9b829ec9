import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { Grant, Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { errorOf, grant, refusal, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
const signedIn: Grant = { name: 'sign-in', identity: '' }

const first = (): Token => ({ accessToken: 'token-1', refreshToken: 'refresh-1', expiresAt: Date.now() + 3_600_000 })

const refreshed = (number: number) => grant(`token-${number}`, { refresh_token: `refresh-${number}` })

/** A process whose token has expired. From then on, each operation of its database fails the given number of times. */
async function expired({ get = 0, set = 0, lock = 0, getUnderLock = 0 }, hasLock = true) {
  const endpoint = tokenEndpoint(refreshed(2), refreshed(3))
  const database = createDatabase()
  const whole = database.open()
  const left = { get: 0, set: 0, lock: 0 }
  const failOr = <T>(operation: keyof typeof left, work: () => T): T => {
    if (left[operation] === 0) return work()
    left[operation] -= 1
    throw new Error('down')
  }
  const store: TokenStore = {
    ...whole,
    get: async (key) => failOr('get', () => whole.get(key)),
    set: async (key, token) => failOr('set', () => whole.set(key, token)),
    ...(hasLock && {
      lock: async (key, work) =>
        failOr('lock', () =>
          database.lock(key, (lease) => {
            left.get += getUnderLock
            return work(lease)
          }),
        ),
    }),
  }
  const { source, types } = watch(endpoint, { store, grant: signedIn, key: 'user' })
  await source.setToken(first())
  await seconds(3600)
  Object.assign(left, { get, set, lock })
  database.operations.length = 0
  const sibling = watch(endpoint, { store: database.open({ lock: database.lock }), grant: signedIn, key: 'user' })
  const refreshTokens = async () =>
    Promise.all(
      endpoint.requests.map(async (request) => new URLSearchParams(await request.text()).get('refresh_token')),
    )
  return { database, source, types, left, sibling: sibling.source, refreshTokens }
}

test('a shared refresh token is not redeemed while it is unknown whether another process redeemed it', async () => {
  const { source, left, refreshTokens } = await expired({ get: Number.POSITIVE_INFINITY })
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the store failed, so it is unknown whether a token is stored: try again later',
  })
  expect(await refreshTokens()).toEqual([])
  left.get = 0
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
})

test('if a store without a lock cannot be read, the refresh token is redeemed: no other process renews at the same time', async () => {
  const { source, refreshTokens } = await expired({ get: Number.POSITIVE_INFINITY }, false)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(await refreshTokens()).toEqual(['refresh-1'])
})

test('a shared refresh token is not redeemed under the lock either if the store cannot be read', async () => {
  const { source, refreshTokens } = await expired({ getUnderLock: Number.POSITIVE_INFINITY })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(await refreshTokens()).toEqual([])
})

test('the refresh token of a sign-in that could not be saved is redeemed: it never had an entry', async () => {
  const { source, database, left, refreshTokens } = await expired({})
  database.contents.clear()
  left.set = 1
  await errorOf(source.setToken({ ...first(), expiresAt: Date.now() }))
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(await refreshTokens()).toEqual(['refresh-1'])
})

test('an unsaved refresh token that a later sign-in replaced is not redeemed after a log-out elsewhere', async () => {
  const { source, left, sibling, refreshTokens } = await expired({})
  left.set = 1
  await errorOf(source.setToken({ ...first(), expiresAt: Date.now() }))
  await sibling.setToken(first())
  expect(await accessTokenOf(source)).toBe('token-1')
  await sibling.clear()
  await seconds(3600)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(await refreshTokens()).toEqual([])
})

test('a refresh token that could not be saved is redeemed: no other process has it', async () => {
  const { source, left, refreshTokens } = await expired({ set: Number.POSITIVE_INFINITY })
  await source.getToken()
  await seconds(3600)
  left.get = Number.POSITIVE_INFINITY
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(await refreshTokens()).toEqual(['refresh-1', 'refresh-2'])
})

test('an unsaved refresh token gives way to one that another process saved later, even if the later token has expired', async () => {
  const { source, sibling, left, refreshTokens } = await expired({ set: Number.POSITIVE_INFINITY })
  await source.getToken()
  await seconds(1)
  left.set = 0
  await sibling.setToken({ ...first(), refreshToken: 'of-the-sibling' })
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(await refreshTokens()).toEqual(['refresh-1', 'of-the-sibling'])
})

test.each([
  ['cannot be read', { get: 1 }],
  ['cannot be locked', { lock: 1 }],
  ['can be neither read nor locked', { get: 1, lock: 1 }],
])('if a store %s for a moment, the refresh token is still redeemed under the lock', async (_what, failing) => {
  const { database, source } = await expired(failing)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(database.operations).toEqual(expect.arrayContaining(['lock', 'set']))
})

test('a store that granted its lock and cannot be read for a moment is read a second time', async () => {
  const { source, refreshTokens } = await expired({ getUnderLock: 1 })
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(await refreshTokens()).toEqual(['refresh-1'])
})

test('without the lock, no refresh token is redeemed: another process may be renewing too', async () => {
  const { source, left, types, refreshTokens } = await expired({ lock: Number.POSITIVE_INFINITY })
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the store failed, so others may be renewing, too: try again later',
  })
  expect(types()).toEqual(['store-failed', 'store-failed', 'failed'])
  expect(await refreshTokens()).toEqual([])
  left.lock = 0
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
})

test('if the lock fails, a grant that can get a token by itself does so, without the refresh token', async () => {
  const endpoint = tokenEndpoint()
  const lock = () => Promise.reject(new Error('down'))
  const { source } = watch(endpoint, { store: createDatabase().open({ lock }) })
  await source.setToken({ ...first(), expiresAt: Date.now() })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(await endpoint.requests[0]?.text()).toBe('grant_type=client_credentials')
})

test('if an unsaved refresh token is dead, the stored one is neither deleted nor redeemed without the lock', async () => {
  const dead = tokenEndpoint(refreshed(2), refusal('invalid_grant'))
  const database = createDatabase()
  const options = { grant: signedIn, key: 'user' }
  const elsewhere = sourceOver(dead, { store: database.open(), ...options })
  const reject = () => Promise.reject(new Error('down'))
  const { source } = watch(dead, { store: database.open({ lock: reject, set: reject }), ...options })
  await errorOf(source.setToken({ ...first(), refreshToken: 'unsaved', expiresAt: Date.now() + 1000 }))
  await elsewhere.setToken({ ...first(), refreshToken: 'shared', expiresAt: Date.now() })
  await seconds(1)
  await accessTokenOf(source)
  await seconds(3600)
  const outcome = errorOf(source.getToken())
  await until(() => dead.requests.length === 2)
  await seconds(0.5)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(dead.requests).toHaveLength(2)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'shared' }])
})
