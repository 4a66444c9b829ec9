import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { Grant, Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, refusal, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

type Lock = NonNullable<TokenStore['lock']>

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
const signedIn: Grant = { name: 'sign-in', identity: '' }

const user = { grant: signedIn, key: 'user' }

const first = (): Token => ({ accessToken: 'token-1', refreshToken: 'refresh-1', expiresAt: Date.now() })

const refreshed = () => grant('token-2', { refresh_token: 'refresh-2' })

test('a token that another process stored during a renewal is adopted, and not overwritten', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const { source, types } = watch(endpoint, { store: database.open() })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await sourceOver(tokenEndpoint(), { store: database.open() }).setToken({ accessToken: 'newer' })
  answer.resolve(grant('late'))
  expect((await waiting).accessToken).toBe('newer')
  expect(types()).toEqual(['adopted'])
  expect(database.tokens()).toEqual([{ accessToken: 'newer' }])
})

test('a stored token that expires before the ageing token is overwritten', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(grant('token-1'), answer.promise)
  const database = createDatabase()
  const { source } = watch(endpoint, { store: database.open() })
  const { expiresAt = 0 } = await source.getToken()
  await seconds(3400)
  source.peek()
  await until(() => endpoint.requests.length === 2)
  const earlier = { accessToken: 'earlier', expiresAt: expiresAt - 1 }
  await sourceOver(tokenEndpoint(), { store: database.open() }).setToken(earlier)
  answer.resolve(grant('token-2'))
  await seconds(0)
  expect(source.peek()).toBe('Bearer token-2')
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-2' }])
})

test('a user who logs out elsewhere during a renewal stays logged out', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(first())
  const { source } = watch(endpoint, { store: database.open(), ...user })
  const outcome = errorOf(source.getToken())
  await until(() => endpoint.requests.length)
  await elsewhere.clear()
  answer.resolve(refreshed())
  expect(await outcome).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(database.tokens()).toEqual([])
  expect(source.peek()).toBeUndefined()
})

test('if another process clears a tenant during a renewal, a grant that can get a token by itself does so again', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const elsewhere = sourceOver(endpoint, { store: database.open(), key: 'tenant' })
  await elsewhere.setToken(first())
  const { source } = watch(endpoint, { store: database.open(), key: 'tenant' })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await elsewhere.clear()
  answer.resolve(grant('late'))
  expect((await waiting).accessToken).toBe('token-2')
  expect(await endpoint.requests[1]?.text()).toBe('grant_type=client_credentials')
})

test('an entry that expires during a renewal is not a log-out: the new token is stored', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  await sourceOver(endpoint, { store: database.open(), key: 'tenant' }).setToken({
    accessToken: 'token-0',
    expiresAt: Date.now() + 1000,
  })
  const { source } = watch(endpoint, { store: database.open(), key: 'tenant' })
  const waiting = source.getToken({ rejected: 'token-0' })
  await until(() => endpoint.requests.length)
  database.contents.clear()
  answer.resolve(grant('token-1'))
  expect((await waiting).accessToken).toBe('token-1')
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1' }])
})

test('the new token is written even if the store cannot be read after the renewal', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const get = () => {
    if (endpoint.requests.length) throw new Error('down')
    return null
  }
  const { source, types } = watch(endpoint, { store: database.open({ get }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(types()).toEqual(['store-failed', 'renewed'])
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1' }])
})

test('a store that cannot be read after a rotation is not a log-out: the new refresh token is written', async () => {
  const endpoint = tokenEndpoint(refreshed())
  const database = createDatabase()
  const whole = database.open()
  await sourceOver(endpoint, { store: whole, ...user }).setToken(first())
  const get = (key: string) => {
    if (endpoint.requests.length) throw new Error('down')
    return whole.get(key)
  }
  const { source } = watch(endpoint, { store: database.open({ get }), ...user })
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-2', refreshToken: 'refresh-2' }])
})

test('after a failed write, memory wins over the store until a token of another process is adopted during a renewal', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const whole = database.open()
  let isDown = true
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('read-only')) : whole.set(key, token))
  const { source } = watch(endpoint, { store: database.open({ set }), ...user })
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(first())
  await errorOf(source.setToken({ ...first(), refreshToken: 'unsaved', expiresAt: Date.now() }))
  isDown = false
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  const newer = { accessToken: 'newer', refreshToken: 'refresh-9', expiresAt: Date.now() + 60_000 }
  await elsewhere.setToken(newer)
  answer.resolve(refreshed())
  expect(await waiting).toEqual(newer)
  await seconds(60)
  await elsewhere.setToken({ ...newer, refreshToken: 'refresh-10' })
  await source.getToken()
  expect(await endpoint.requests[1]?.text()).toBe('grant_type=refresh_token&refresh_token=refresh-10')
})

test('a store that could not be read before a renewal is not read again after it', async () => {
  const database = createDatabase()
  let reads = 0
  const get = () => {
    reads += 1
    throw new Error('down')
  }
  await watch(tokenEndpoint(), { store: database.open({ get }) }).source.getToken()
  expect(reads).toBe(1)
})

test('if the lock is lost before the refresh token is sent, it is taken again, and the token of the other process is adopted', async () => {
  const database = createDatabase()
  const sibling = sourceOver(tokenEndpoint(refreshed()), { store: database.open(), ...user })
  await sibling.setToken(first())
  let leases = 0
  const lock: Lock = async (_key, work) => {
    leases += 1
    if (leases === 1) return work({ signal: AbortSignal.abort() })
    await sibling.getToken()
    return work({ signal: new AbortController().signal })
  }
  const endpoint = tokenEndpoint()
  const { source, types } = watch(endpoint, { store: database.open({ lock }), ...user })
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(types()).toEqual(['adopted'])
  expect(leases).toBe(2)
  expect(endpoint.requests).toHaveLength(0)
})

test('if the lock is lost again and again, no refresh token is sent, and the wait ends at timeoutMs', async () => {
  const database = createDatabase()
  const endpoint = tokenEndpoint()
  await sourceOver(endpoint, { store: database.open(), ...user }).setToken(first())
  const lock: Lock = async (_key, work) => {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return work({ signal: AbortSignal.abort() })
  }
  const { source } = watch(endpoint, { store: database.open({ lock }), ...user, timeoutMs: 3000 })
  const outcome = errorOf(source.getToken())
  for (let second = 0; second < 5; second += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    await seconds(1)
  }
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toHaveLength(0)
})

test('if the lock is lost while the refresh token is sent, the new token is stored unless the entry has changed', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  await sourceOver(endpoint, { store: database.open(), ...user }).setToken(first())
  const lease = new AbortController()
  const lock: Lock = (_key, work) => work(lease)
  const { source } = watch(endpoint, { store: database.open({ lock }), ...user })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  lease.abort()
  answer.resolve(refreshed())
  expect((await waiting).accessToken).toBe('token-2')
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-2', refreshToken: 'refresh-2' }])
})

test.each([1, 2])(
  'a refresh token refused after the lock was lost, at attempt %i, is not dead: the token of the other process is awaited',
  async (attempts) => {
    const answers = [deferred<Response>(), deferred<Response>()] as const
    const endpoint = tokenEndpoint(...answers.map(({ promise }) => promise))
    const database = createDatabase()
    const sibling = sourceOver(tokenEndpoint(refreshed()), { store: database.open(), ...user })
    await sibling.setToken(first())
    const lease = new AbortController()
    const isDone = deferred<undefined>()
    let leases = 0
    const lock: Lock = async (_key, work) => {
      leases += 1
      if (leases < attempts) return work({ signal: new AbortController().signal })
      if (leases === attempts) return work(lease)
      await isDone.promise
      return work({ signal: new AbortController().signal })
    }
    const { source, types } = watch(endpoint, { store: database.open({ lock }), ...user })
    const waiting = source.getToken()
    await until(() => endpoint.requests.length)
    if (attempts === 2) {
      await sibling.setToken({ ...first(), refreshToken: 'refresh-0' })
      answers[0].resolve(refusal('invalid_grant'))
      await until(() => endpoint.requests.length === 2)
    }
    lease.abort()
    answers[attempts - 1]?.resolve(refusal('invalid_grant'))
    await seconds(0.5)
    await until(() => leases === attempts + 1)
    expect(database.tokens()).toHaveLength(1)
    await sibling.getToken()
    isDone.resolve(undefined)
    expect((await waiting).accessToken).toBe('token-2')
    expect(types()).toEqual(['adopted'])
    expect(endpoint.requests).toHaveLength(attempts)
  },
)

test('a sign-in that was stored after the lock was lost is not overwritten, even if its access token has expired', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(first())
  const leases = [new AbortController(), new AbortController()]
  let count = 0
  const lock: Lock = (_key, work) => work(leases[(count += 1) - 1]!)
  const { source } = watch(endpoint, { store: database.open({ lock }), ...user })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  leases[0]?.abort()
  await elsewhere.setToken({ ...first(), refreshToken: 'refresh-9' })
  answer.resolve(refreshed())
  expect((await waiting).accessToken).toBe('token-2')
  expect(count).toBe(2)
  expect(await endpoint.requests[1]?.text()).toBe('grant_type=refresh_token&refresh_token=refresh-9')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-9' }])
})

test('a user who signs in during the renewal of a token without a refresh token is not overwritten', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const { source } = watch(endpoint, { store: database.open(), key: 'tenant' })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await sourceOver(tokenEndpoint(), { store: database.open(), key: 'tenant' }).setToken(first())
  answer.resolve(grant('late'))
  expect((await waiting).accessToken).toBe('token-2')
  expect(await endpoint.requests[1]?.text()).toBe('grant_type=refresh_token&refresh_token=refresh-1')
})
