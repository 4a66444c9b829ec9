import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, refusal, secret, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** Credentials that are looked up in a vault, where they may be rotated. */
function createVault() {
  const vault = { secret, lookUps: 0 }
  const clientSecret = async () => {
    vault.lookUps += 1
    return vault.secret
  }
  return { vault, clientSecret }
}

const authorization = (request: Request | undefined) => request?.headers.get('authorization')

test('credentials are looked up when they are needed, once for all who wait', async () => {
  const { vault, clientSecret } = createVault()
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { store: createDatabase().open(), clientSecret })
  expect(vault.lookUps).toBe(0)
  await Promise.all(Array.from({ length: 1000 }, () => source.getToken()))
  await source.getToken()
  source.peek()
  expect(vault.lookUps).toBe(1)
  expect(endpoint.requests).toHaveLength(1)
})

test('credentials are looked up anew for each renewal, so that a rotated secret is used', async () => {
  const { vault, clientSecret } = createVault()
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const source = sourceOver(endpoint, { store: database.open(), clientSecret })
  await source.getToken()
  vault.secret = 'rotated'
  expect(await accessTokenOf(source)).toBe('token-1')
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(vault.lookUps).toBe(2)
  expect(endpoint.requests.map(authorization)).toEqual([
    `Basic ${btoa(`app:${secret}`)}`,
    `Basic ${btoa('app:rotated')}`,
  ])
  expect(database.contents.size).toBe(2)
})

test("a user's entry survives the rotation of the client's secret, which its next renewal uses", async () => {
  const { vault, clientSecret } = createVault()
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const source = sourceOver(endpoint, {
    store: database.open(),
    clientSecret,
    key: 'user',
    grant: { name: 'sign-in', identity: '' },
  })
  await source.setToken({ accessToken: 'mine', refreshToken: 'refresh-1', expiresAt: Date.now() + 1000 })
  vault.secret = 'rotated'
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(authorization(endpoint.requests[0])).toBe(`Basic ${btoa('app:rotated')}`)
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1', refreshToken: 'refresh-1' }])
})

test('credentials are looked up once a second at most, however many calls wait or fail', async () => {
  const { vault, clientSecret } = createVault()
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { store: createDatabase().open(), clientSecret })
  const early = errorOf(source.getToken())
  await until(() => endpoint.requests.length)
  const late = errorOf(source.getToken())
  answer.resolve(refusal('invalid_client', 401))
  await Promise.all([early, late])
  for (let call = 0; call < 100; call += 1) await errorOf(source.getToken())
  expect(vault.lookUps).toBe(1)
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(vault.lookUps).toBe(2)
})

test('sources of which each looks its credentials up renew an ageing token once, however long that takes', async () => {
  const endpoint = tokenEndpoint()
  const store = createDatabase().open()
  let found: Promise<string> = Promise.resolve(secret)
  const quick = sourceOver(endpoint, { store, clientSecret: () => secret })
  const slow = sourceOver(endpoint, { store, clientSecret: () => found })
  await slow.getToken()
  await quick.getToken()
  await seconds(3400)
  const vault = deferred<string>()
  found = vault.promise
  slow.peek()
  quick.peek()
  await until(() => quick.peek() === 'Bearer token-2')
  vault.resolve(secret)
  await until(() => vi.getTimerCount() === 0)
  expect(slow.peek()).toBe('Bearer token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('credentials that cannot be looked up are not looked up again within a second', async () => {
  let lookUps = 0
  let isDown = true
  const clientSecret = async () => {
    lookUps += 1
    if (isDown) throw new Error('sealed')
    return secret
  }
  const source = sourceOver(tokenEndpoint(), { store: createDatabase().open(), clientSecret })
  const error = await errorOf(source.getToken())
  expect(error).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: clientSecret could not be looked up (Error)',
  })
  isDown = false
  await seconds(0.999)
  expect(await errorOf(source.getToken())).toBe(error)
  expect(lookUps).toBe(1)
  await seconds(0.001)
  expect(await accessTokenOf(source)).toBe('token-1')
})

test('credentials whose look-up hangs end at timeoutMs', async () => {
  const clientSecret = () => new Promise<string>(() => {})
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open(), clientSecret, timeoutMs: 3000 })
  const outcome = errorOf(source.getToken())
  await seconds(3)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await seconds(1)
})

test('credentials that turn out empty are wrong use, which says so', async () => {
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open(), clientSecret: () => '' })
  expect(await errorOf(source.getToken())).toEqual(
    new TypeError('example: clientSecret is missing: it must be a non-empty string'),
  )
})
