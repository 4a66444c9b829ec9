import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, refusal, secret, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** A client secret that is looked up in a vault. Tests rotate it there, and the vault counts the look-ups. */
function createVault() {
  const vault = { secret, lookUps: 0 }
  const clientSecret = async () => {
    vault.lookUps += 1
    return vault.secret
  }
  return { vault, clientSecret }
}

const authorization = (request: Request | undefined) => request?.headers.get('authorization')

test('credentials are looked up when they are needed, once for all waiting callers', async () => {
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

test('credentials are looked up again for each renewal, so that a rotated secret is used', async () => {
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

test("a user's entry survives the rotation of the client's secret, and the next renewal uses the new secret", async () => {
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

test('credentials are looked up at most once a second, however many calls wait or fail', async () => {
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

test('two sources that look up their credentials renew a shared ageing token only once, even if one look-up is slow', async () => {
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

test('credentials are not looked up again within a second after a failed look-up', async () => {
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

test('a look-up of credentials that hangs ends at timeoutMs', async () => {
  const clientSecret = () => new Promise<string>(() => {})
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open(), clientSecret, timeoutMs: 3000 })
  const outcome = errorOf(source.getToken())
  await seconds(3)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await seconds(1)
})

test('a look-up that returns an empty secret is a TypeError that says so', async () => {
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open(), clientSecret: () => '' })
  expect(await errorOf(source.getToken())).toEqual(
    new TypeError('example: clientSecret is missing: it must be a non-empty string'),
  )
})
