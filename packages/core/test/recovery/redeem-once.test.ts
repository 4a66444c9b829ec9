import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import { refreshToken, type Token, type TokenSourceOptions, type TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until } from '../database.ts'
import {
  deferred,
  errorOf,
  grant,
  password,
  provider,
  refusal,
  signedIn,
  sourceOver,
  tokenEndpoint,
} from '../support.ts'

const { seconds } = useFakeTime()

const token = (expiresIn = 0): Token => ({
  accessToken: 'token-0',
  refreshToken: 'refresh-0',
  expiresAt: Date.now() + expiresIn,
})

const late = () => grant('late', { refresh_token: 'refresh-1' })

const storage = () => createDatabase().open()
const lockable = () => {
  const database = createDatabase()
  return database.open({ lock: database.lock })
}

const places: readonly (readonly [string, () => TokenSourceOptions])[] = [
  ['in memory', () => ({ grant: signedIn })],
  ['of a grant that can start over', () => ({ grant: password })],
  ['in a store', () => ({ grant: signedIn, key: 'user', store: storage() })],
  ['in a store with a lock', () => ({ grant: signedIn, key: 'user', store: lockable() })],
]

/** A source with an expired token. The token endpoint answers the refresh token when the test says so. */
async function redeeming(options: TokenSourceOptions, expiresIn = 0) {
  const answer = deferred<Response>()
  const signals: (AbortSignal | null | undefined)[] = []
  const endpoint = tokenEndpoint(answer.promise)
  const fetch: typeof globalThis.fetch = (input, init) => {
    signals.push(init?.signal)
    return endpoint.fetch(input, init)
  }
  const source = sourceOver({ fetch }, { timeoutMs: 400, ...options })
  await source.setToken(token(expiresIn))
  return { source, answer, signals, requests: endpoint.requests }
}

test.each(places)(
  'a refresh token %s that was sent is not sent again, and its late answer is kept',
  async (_w, make) => {
    const { source, answer, requests, signals } = await redeeming(make())
    const outcome = errorOf(source.getToken())
    await until(() => requests.length)
    await seconds(0.4)
    expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('400 ms') })
    for (const wait of [0, 1, 2, 10, 40]) {
      await seconds(wait)
      expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
    }
    expect(requests).toHaveLength(1)
    expect(signals[0]?.aborted).toBe(false)
    answer.resolve(late())
    await source.idle()
    expect(source.peek()).toBe('Bearer late')
    expect(await source.getToken()).toMatchObject({ accessToken: 'late', refreshToken: 'refresh-1' })
    expect(requests).toHaveLength(1)
  },
)

test.each(places)('a refresh token %s that is redeemed in the background is not lost either', async (_what, make) => {
  const { source, answer, requests } = await redeeming(make(), 3_600_000)
  await seconds(3590)
  expect(source.peek()).toBe('Bearer token-0')
  await until(() => requests.length)
  await seconds(5)
  expect(source.peek()).toBe('Bearer token-0')
  answer.resolve(late())
  await source.idle()
  expect(source.peek()).toBe('Bearer late')
  expect(requests).toHaveLength(1)
})

test('the refresh token of the grant refreshToken() is not sent again either', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { grant: refreshToken('refresh-0'), timeoutMs: 400 })
  const outcome = errorOf(source.getToken())
  await seconds(0.4)
  await outcome
  await seconds(2)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toHaveLength(1)
  answer.resolve(late())
  await source.idle()
  expect(source.peek()).toBe('Bearer late')
})

test('an answer is waited for a minute at most, and then the refresh token may be sent again', async () => {
  const { source, requests, signals } = await redeeming({ grant: signedIn })
  const outcome = errorOf(source.getToken())
  await seconds(0.4)
  await outcome
  await seconds(59)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(requests).toHaveLength(1)
  await seconds(0.6)
  expect(signals[0]?.aborted).toBe(true)
  expect(await accessTokenOf(source)).toBe('token-2')
})

test('a late refusal ends the wait, and the next call starts over', async () => {
  const { source, answer, requests } = await redeeming({ grant: password })
  const outcome = errorOf(source.getToken())
  await seconds(0.4)
  await outcome
  answer.resolve(refusal('invalid_grant'))
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(new URLSearchParams(await requests[1]?.text()).get('grant_type')).toBe('password')
})

test.each(places)('a refresh token %s that was refused late is not sent again', async (_what, make) => {
  const { source, answer, requests } = await redeeming(make())
  const outcome = errorOf(source.getToken())
  await until(() => requests.length)
  await seconds(0.4)
  await outcome
  answer.resolve(refusal('invalid_grant'))
  await seconds(1)
  await source.getToken().catch(() => {})
  const bodies = await Promise.all(requests.map((request) => request.text()))
  expect(bodies.filter((body) => body.includes('refresh-0'))).toHaveLength(1)
})

test.each(places)('setToken and clear discard a late answer %s', async (_what, make) => {
  for (const end of ['setToken', 'clear'] as const) {
    const { source, answer, requests } = await redeeming(make())
    const outcome = errorOf(source.getToken())
    await until(() => requests.length)
    await seconds(0.4)
    await outcome
    if (end === 'clear') await source.clear()
    else await source.setToken({ accessToken: 'mine' })
    answer.resolve(late())
    await seconds(1)
    await source.idle()
    expect(source.peek()).toBe(end === 'clear' ? undefined : 'Bearer mine')
  }
})

test('after setToken, an earlier refresh token that is still being redeemed delays no renewal', async () => {
  const first = deferred<Response>()
  const endpoint = tokenEndpoint(first.promise, refusal('slow_down', 429))
  const source = sourceOver(endpoint, { grant: signedIn, timeoutMs: 400 })
  await source.setToken(token())
  const outcome = errorOf(source.getToken())
  await seconds(0.4)
  await outcome
  await source.setToken({ ...token(1000), refreshToken: 'other' })
  await seconds(1)
  expect(await errorOf(source.getToken())).toMatchObject({ status: 429 })
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-3')
  first.resolve(late())
  await source.idle()
  expect(source.peek()).toBe('Bearer token-3')
})

test('a request that can be repeated is aborted at timeoutMs, as before', async () => {
  const signals: (AbortSignal | null | undefined)[] = []
  const fetch = (_input: unknown, init?: RequestInit) => {
    signals.push(init?.signal)
    return new Promise<never>(() => {})
  }
  const outcome = errorOf(sourceOver({ fetch }, { timeoutMs: 400 }).getToken())
  await seconds(0.4)
  await outcome
  expect(signals[0]?.aborted).toBe(true)
})

test('the lock is held until the late answer is stored', async () => {
  const database = createDatabase()
  const options = { grant: signedIn, key: 'user' }
  const { source, answer, requests } = await redeeming({ ...options, store: database.open({ lock: database.lock }) })
  const outcome = errorOf(source.getToken())
  await until(() => requests.length)
  await seconds(0.4)
  await outcome
  const elsewhere = tokenEndpoint()
  const sibling = sourceOver(elsewhere, { ...options, store: database.open({ lock: database.lock }) })
  const waiting = sibling.getToken()
  await seconds(5)
  expect(elsewhere.requests).toHaveLength(0)
  answer.resolve(late())
  expect((await waiting).accessToken).toBe('late')
  expect(elsewhere.requests).toHaveLength(0)
})

test('waitUntil gets a promise that settles when the late answer is stored', async () => {
  const database = createDatabase()
  const kept: Promise<unknown>[] = []
  const options = { grant: signedIn, key: 'user', waitUntil: (work: Promise<unknown>) => kept.push(work) }
  const { source, answer, requests } = await redeeming({ ...options, store: database.open() })
  const outcome = errorOf(source.getToken())
  await until(() => requests.length)
  await seconds(0.4)
  await outcome
  let isSettled = false
  void Promise.all(kept).then(() => (isSettled = true))
  await seconds(5)
  expect(isSettled).toBe(false)
  answer.resolve(late())
  await until(() => isSettled)
  expect(database.tokens()).toMatchObject([{ accessToken: 'late', refreshToken: 'refresh-1' }])
})

test('an answer that arrived while the process was frozen is read before the time limit counts', async () => {
  const { source, answer, requests } = await redeeming({ grant: signedIn, timeoutMs: 9000 })
  const waiting = source.getToken()
  await until(() => requests.length)
  // After the thaw, the timer fires first, and the answer is read a moment later.
  vi.setSystemTime(Date.now() + 120_000)
  await seconds(9)
  answer.resolve(late())
  expect((await waiting).accessToken).toBe('late')
})

test.each([3_600_000, -3_600_000])(
  'if the wall clock is set by %i ms meanwhile, a refresh token is still sent once',
  async (ms) => {
    for (const [, make] of places) {
      const { source, answer, requests } = await redeeming({ ...make(), timeoutMs: 9000 })
      const calls = [accessTokenOf(source)]
      await until(() => requests.length)
      vi.setSystemTime(Date.now() + ms)
      calls.push(accessTokenOf(source))
      await seconds(1)
      calls.push(accessTokenOf(source))
      answer.resolve(late())
      expect(await Promise.all(calls)).toEqual(['late', 'late', 'late'])
      expect(requests).toHaveLength(1)
      vi.setSystemTime(Date.now() - ms)
    }
  },
)

test('a token that a log-out made needless is revoked', async () => {
  for (const make of [() => ({ grant: signedIn }), () => ({ grant: signedIn, key: 'user', store: storage() })]) {
    const answer = deferred<Response>()
    const endpoint = tokenEndpoint(answer.promise, new Response(''))
    const revocable = { ...provider, revocationEndpoint: 'https://id.example/revoke' }
    const source = sourceOver(endpoint, { ...make(), provider: revocable })
    await source.setToken(token())
    const outcome = errorOf(source.getToken())
    await until(() => endpoint.requests.length)
    await source.clear()
    answer.resolve(late())
    expect(await outcome).toMatchObject({ code: 'TOKEN_MISSING' })
    await until(() => endpoint.requests.length === 2)
    expect(endpoint.requests[1]?.url).toBe('https://id.example/revoke')
    expect(await endpoint.requests[1]?.text()).toBe('token=refresh-1&token_type_hint=refresh_token')
  }
})

test('a token that a new sign-in made needless is not revoked: some servers would end the new login too', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const revocable = { ...provider, revocationEndpoint: 'https://id.example/revoke' }
  const source = sourceOver(endpoint, { grant: signedIn, provider: revocable })
  await source.setToken(token())
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await source.setToken({ accessToken: 'mine' })
  answer.resolve(late())
  expect((await waiting).accessToken).toBe('mine')
  await seconds(1)
  expect(endpoint.requests).toHaveLength(1)
})

test.each(places)(
  'a refresh token %s is not sent again by a call that comes right after a freeze',
  async (_w, make) => {
    const answer = deferred<Response>()
    const endpoint = tokenEndpoint(answer.promise)
    const source = sourceOver(endpoint, make())
    await source.setToken(token())
    const first = accessTokenOf(source)
    await until(() => endpoint.requests.length)
    // The process is frozen: time passes, and no timer fires. Then a call is read before the answer.
    vi.setSystemTime(Date.now() + 90_000)
    const second = accessTokenOf(source)
    await new Promise((resolve) => setImmediate(resolve))
    answer.resolve(late())
    expect(await Promise.all([first, second])).toEqual(['late', 'late'])
    await source.idle()
    expect(endpoint.requests).toHaveLength(1)
  },
)

test('while a sign-in is written, no call sends the old refresh token again', async () => {
  const database = createDatabase()
  const whole = database.open()
  let writes = 0
  const set: TokenStore['set'] = async (key, next) => {
    writes += 1
    await new Promise((resolve) => setTimeout(resolve, 300))
    return whole.set(key, next)
  }
  const endpoint = tokenEndpoint(new Promise<Response>(() => {}))
  const source = sourceOver(endpoint, { grant: signedIn, key: 'user', store: database.open({ set }) })
  const first = source.setToken(token())
  await until(() => writes === 1)
  await seconds(1)
  await first
  const call = accessTokenOf(source)
  await until(() => endpoint.requests.length)
  const signIn = source.setToken({ ...token(3_600_000), accessToken: 'next', refreshToken: 'next' })
  await until(() => writes === 2)
  const other = accessTokenOf(source)
  await seconds(1)
  await signIn
  expect(await other).toBe('next')
  expect(endpoint.requests).toHaveLength(1)
  // The old answer never comes.
  await seconds(60)
  expect(await call).toBe('next')
})

/** Over a store whose `delete` fails: a user who signed in, and whose log-out cannot remove the login. */
async function undeletable() {
  const database = createDatabase()
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const remove = () => Promise.reject(new Error('down'))
  const source = sourceOver(endpoint, { grant: signedIn, key: 'user', store: database.open({ delete: remove }) })
  await source.setToken(token())
  return { source, answer, endpoint, database }
}

test('a refresh token is not sent again after a log-out that could not remove it, even if it is still stored', async () => {
  for (const isAnswered of [false, true]) {
    const { source, answer, endpoint, database } = await undeletable()
    const outcome = errorOf(source.getToken())
    await until(() => endpoint.requests.length)
    expect(await errorOf(source.clear())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
    if (isAnswered) answer.resolve(late())
    const missing = {
      code: 'TOKEN_MISSING',
      message: expect.stringContaining('the refresh token is no longer good'),
    }
    expect(await errorOf(source.getToken())).toMatchObject(missing)
    answer.resolve(late())
    expect(await outcome).toMatchObject(missing)
    await errorOf(source.clear())
    expect(await errorOf(source.getToken())).toMatchObject(missing)
    expect(endpoint.requests).toHaveLength(1)
    expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-0' }])
  }
})

test.each(['refresh-0', 'refresh-1'])(
  'nor is it after two such log-outs, if a rotated one was not written for sure: the store holds %s',
  async (held) => {
    const database = createDatabase()
    const whole = database.open()
    const endpoint = tokenEndpoint(late())
    let isDown = false
    const set: TokenStore['set'] = (key, next) => {
      // The answer is lost. Whether the store wrote the token is not known.
      if (isDown && held === 'refresh-1') void whole.set(key, next)
      if (isDown) throw new Error('down')
      return whole.set(key, next)
    }
    const remove = () => Promise.reject(new Error('down'))
    const store = database.open({ set, delete: remove })
    const source = sourceOver(endpoint, { grant: signedIn, key: 'user', store })
    await source.setToken(token())
    isDown = true
    expect(await accessTokenOf(source)).toBe('late')
    await errorOf(source.clear())
    await errorOf(source.clear())
    await seconds(3600)
    expect(database.tokens()).toMatchObject([{ refreshToken: held }])
    expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(endpoint.requests).toHaveLength(1)
  },
)

test('a sign-in after such a log-out is used as usual, also with the same refresh token', async () => {
  const { source, answer, endpoint } = await undeletable()
  await errorOf(source.clear())
  await source.setToken(token())
  answer.resolve(late())
  expect(await accessTokenOf(source)).toBe('late')
  expect(endpoint.requests).toHaveLength(1)
})

test('after such a log-out, a grant that can start over does so', async () => {
  const database = createDatabase()
  const remove = () => Promise.reject(new Error('down'))
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { grant: password, store: database.open({ delete: remove }) })
  await source.setToken(token())
  await errorOf(source.clear())
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(new URLSearchParams(await endpoint.requests[0]?.text()).get('grant_type')).toBe('password')
})

test.each(['reads', 'does not read'])(
  'an access token that such a log-out could not remove is not used again either: the log-out %s it',
  async (how) => {
    const { source, database, endpoint } = await undeletable()
    await source.setToken(token(3_600_000))
    const remove = () => Promise.reject(new Error('down'))
    const other = sourceOver(endpoint, { grant: signedIn, key: 'user', store: database.open({ delete: remove }) })
    const one = how === 'reads' ? other : source
    await errorOf(one.clear())
    expect(await errorOf(one.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(endpoint.requests).toHaveLength(0)
  },
)

test('if a log-out fails because the credentials cannot be looked up, its refresh token is not sent again', async () => {
  const database = createDatabase()
  const endpoint = tokenEndpoint()
  let isDown = false
  const clientSecret = async () => {
    if (isDown) throw new Error('no vault')
    return 'secret'
  }
  const source = sourceOver(endpoint, { grant: signedIn, key: 'user', store: database.open(), clientSecret })
  await source.setToken(token())
  await seconds(2)
  isDown = true
  await errorOf(source.clear())
  isDown = false
  await seconds(2)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(0)
})

/** A server that rotates, and ends the login if a refresh token is used twice. Its answers take a while. */
function strictServer(delayMs = 0) {
  const sent: string[] = []
  let isDead = false
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const form = new URLSearchParams(await new Request(input, init).text())
    const refresh = form.get('refresh_token') ?? ''
    isDead ||= refresh !== `refresh-${sent.length}`
    sent.push(refresh)
    if (delayMs) await new Promise((resolve) => setTimeout(resolve, delayMs))
    return isDead
      ? refusal('invalid_grant')
      : grant(`token-${sent.length}`, { refresh_token: `refresh-${sent.length}` })
  }
  return { fetch, sent }
}

const start = () => refreshToken('refresh-0')

test('the grant refreshToken() does not send its refresh token again after a failed lock', async () => {
  const server = strictServer()
  const database = createDatabase()
  let isDown = false
  const lock: NonNullable<TokenStore['lock']> = async (key, work) =>
    isDown ? Promise.reject(new Error('down')) : database.lock(key, work)
  const source = sourceOver(server, { store: database.open({ lock }), grant: start() })
  expect(await accessTokenOf(source)).toBe('token-1')
  await seconds(3601)
  isDown = true
  const outcome = errorOf(source.getToken())
  await seconds(9)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  isDown = false
  await seconds(60)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(server.sent).toEqual(['refresh-0', 'refresh-1'])
})

test('the grant refreshToken() does not send its refresh token while the store cannot be read', async () => {
  for (const lock of [true, false]) {
    const server = strictServer()
    const database = createDatabase()
    const own = lock ? { lock: database.lock } : {}
    expect(await accessTokenOf(sourceOver(server, { store: database.open(own), grant: start() }))).toBe('token-1')
    const get = () => Promise.reject(new Error('down'))
    const restarted = sourceOver(server, { store: database.open({ ...own, get }), grant: start() })
    expect(await errorOf(restarted.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
    expect(server.sent).toEqual(['refresh-0'])
  }
})

test('two processes with the grant refreshToken() wait for each other, however long the answer takes', async () => {
  const server = strictServer(5000)
  const database = createDatabase()
  const processes = [1, 2].map(() =>
    sourceOver(server, { store: database.open({ lock: database.lock }), grant: start() }),
  )
  const tokens = Promise.all(processes.map((source) => accessTokenOf(source)))
  await until(() => server.sent.length)
  await seconds(6)
  expect(await tokens).toEqual(['token-1', 'token-1'])
  expect(server.sent).toEqual(['refresh-0'])
})

test.each([
  ['in memory', undefined],
  ['in a store', 'store'],
])('the grant refreshToken() does not redeem its refresh token twice after a log-out, %s', async (_what, store) => {
  const server = strictServer()
  const source = sourceOver(server, { grant: start(), ...(store && { store: storage() }) })
  await source.getToken()
  await source.clear()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(server.sent).toEqual(['refresh-0'])
})

test('a log-out elsewhere ends what the grant refreshToken() started', async () => {
  const server = strictServer()
  const database = createDatabase()
  const [one, other] = [1, 2].map(() => sourceOver(server, { store: database.open(), grant: start() }))
  await one?.getToken()
  await other?.clear()
  await seconds(3601)
  expect(await errorOf(one?.getToken() ?? Promise.resolve())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(server.sent).toEqual(['refresh-0'])
  expect(database.tokens()).toEqual([])
})

test('a server that does not rotate lets the grant refreshToken() start again', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { grant: start() })
  await source.getToken()
  await source.clear()
  expect(await accessTokenOf(source)).toBe('token-2')
})

test("an application's token that a failed clear() could not remove is not used again", async () => {
  const database = createDatabase()
  const remove = () => Promise.reject(new Error('down'))
  const source = sourceOver(tokenEndpoint(), { store: database.open({ delete: remove }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  await errorOf(source.clear())
  expect(await accessTokenOf(source)).toBe('token-2')
})
