import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import { isOAuthError, type OwnTokenSource, type Token, type TokenStore } from '../../src/index.ts'
import { generator } from '../../../../config/random.ts'
import { createDatabase, until } from '../database.ts'
import { grant, refusal, signedIn, sourceOver } from '../support.ts'

const { seconds } = useFakeTime()

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A log-in: its number, and how often its refresh token was rotated. */
const refreshToken = (login: number, rotation: number) => `refresh-${login}-${rotation}`

type Mode = { readonly hasLock: boolean; readonly processes: number }

/** What happens to the operations of a store. */
type Health = 'up' | 'flaky' | 'read-only' | 'down'

/** One random history of a user's logins in several processes, each with two sources, over one database. */
async function play(seed: number, { hasLock, processes }: Mode): Promise<void> {
  const random = generator(seed)
  const chance = (probability: number) => random() < probability
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const log: string[] = []
  let isCalm = false
  /** Which login counts. `undefined`: the user is logged out, or signs in just now. */
  let current: number | undefined

  // The server rotates refresh tokens. If one is used twice, it ends that login.
  const rotations = new Map<number, number>()
  const reused: string[] = []
  let logins = 0
  let tokens = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const sent = new URLSearchParams(await new Request(input, init).text()).get('refresh_token') ?? ''
    const [, login = 0, rotation = 0] = sent.split('-').map(Number)
    log.push(`sent ${sent}`)
    if (!isCalm && chance(0.1)) return refusal('temporarily_unavailable', 503)
    if (rotations.get(login) !== rotation) {
      // While the user signs in again or logs out, the login before may end.
      if (login === current) reused.push(sent)
      rotations.delete(login)
      return refusal('invalid_grant')
    }
    rotations.set(login, rotation + 1)
    tokens += 1
    const answer = grant(`token-${login}-${tokens}`, {
      refresh_token: refreshToken(login, rotation + 1),
      expires_in: pick(20, 60, 300, 3600),
    })
    if (!isCalm) await wait(pick(0, 0, 5, 200, 3000, 15_000))
    return answer
  }

  const database = createDatabase()
  const whole = database.open()

  /** The store of one process. Its operations fail, take long or lose their answers while it is down. */
  function openStore(name: string) {
    const state: { health: Health } = { health: 'up' }
    const disturb = async <T>(what: string, work: () => T | Promise<T>, mayHang = false): Promise<T> => {
      const { health } = state
      if (health === 'up' || isCalm || (health === 'read-only' && what === 'get')) return work()
      const how =
        health === 'flaky' ? pick('works', 'fails', 'loses its answer', ...(mayHang ? ['hangs'] : [])) : 'fails'
      log.push(`${name} ${what} ${how}`)
      if (how === 'fails') throw new Error('down')
      if (how === 'hangs') await wait(800)
      const result = await work()
      if (how === 'loses its answer') throw new Error('lost')
      return result
    }
    const store: TokenStore = {
      get: (key) => disturb('get', () => whole.get(key), true),
      set: (key, token) => disturb('set', () => whole.set(key, token)),
      delete: (key) => disturb('delete', () => whole.delete(key)),
      replace: (key, isExpected, next) =>
        disturb(
          'replace',
          async () => {
            const text = database.contents.get(key)
            if (!isExpected(text === undefined ? null : JSON.parse(text))) return false
            await Promise.resolve()
            if (database.contents.get(key) !== text) return false
            database.contents.set(key, JSON.stringify(next))
            log.push(`${name} wrote ${next.refreshToken}`)
            return true
          },
          true,
        ),
      ...(hasLock && {
        lock: async (key, work) => {
          if (!isCalm && (state.health === 'down' || (state.health === 'flaky' && chance(0.2)))) throw new Error('down')
          return database.lock(key, work)
        },
      }),
    }
    return { store, state }
  }

  const stores = Array.from({ length: processes }, (_none, number) => openStore(`process ${number}`))
  const sources: OwnTokenSource[] = stores.flatMap(({ store }) =>
    [1, 2].map(() => sourceOver({ fetch }, { store, grant: signedIn, key: 'user' })),
  )
  const fail = (what: string) => new Error(`seed ${seed}: ${what}\n${log.join('\n')}`)

  // Another thread computes the key: waits for it before the clock is under control.
  let located = 0
  for (const source of sources) void source.getToken().catch(() => (located += 1))
  await until(() => located === sources.length)

  /** Runs a sign-in or a log-out. If the store fails, the user tries again, until it is back. */
  const insist = async (number: number, work: (source: OwnTokenSource) => Promise<unknown>) => {
    const source = sources[number] as OwnTokenSource
    const state = stores[Math.floor(number / 2)]?.state
    for (;;) {
      const outcome = work(source).then(
        () => true,
        () => false,
      )
      await seconds(3)
      if (await outcome) return
      if (state) state.health = 'up'
    }
  }

  for (let step = 0; step < 40; step += 1) {
    const number = Math.floor(random() * sources.length)
    const source = sources[number] as OwnTokenSource
    const action = pick('get', 'get', 'get', 'reject', 'peek', 'disturb', 'up', 'pass', 'pass', 'pass', 'in', 'out')
    log.push(`${step}: ${action} ${number} at ${Date.now()}`)
    if (action === 'get') void source.getToken().catch(() => {})
    if (action === 'reject') void source.getToken({ rejected: source.peek()?.slice(7) }).catch(() => {})
    if (action === 'peek') source.peek()
    const store = stores[Math.floor(number / 2)]
    if (store && action === 'up') store.state.health = 'up'
    if (store && action === 'disturb') store.state.health = pick<Health>('flaky', 'read-only', 'down')
    if (action === 'pass') {
      const time = pick(0.001, 0.05, 0.3, 1, 4, 20, 61, 400, 4000)
      // A lock is held for a minute at most. If a store is down for longer, other processes use the dead refresh token.
      if (processes > 1 && time >= 20) for (const { state } of stores) state.health = 'up'
      await seconds(time)
    }
    if (action === 'in' && chance(0.6)) {
      logins += 1
      const login = logins
      rotations.set(login, 0)
      const token = (): Token => ({
        accessToken: `token-${login}`,
        refreshToken: refreshToken(login, 0),
        expiresAt: Date.now() + 5000,
      })
      current = undefined
      await insist(number, (own) => own.setToken(token()))
      current = login
    }
    if (action === 'out' && chance(0.6)) {
      current = undefined
      await insist(number, (own) => own.clear())
    }
  }

  log.push('calm')
  isCalm = true
  await seconds(70)
  for (const source of sources) source.peek()
  await seconds(10)
  const idle = Promise.all(sources.map((source) => source.idle()))
  await seconds(70)
  await idle
  await seconds(8000)
  if (reused.length > 0) throw fail(`sent twice: ${reused.join(', ')}`)
  if (current === undefined && database.contents.size > 0) throw fail('a log-out was undone')
  for (const [number, source] of sources.entries()) {
    const outcome = await source.getToken().then(
      ({ accessToken }) => accessToken,
      (error: unknown) => (isOAuthError(error) ? error.code : 'another error'),
    )
    const isRight = current === undefined ? outcome === 'TOKEN_MISSING' : outcome.startsWith(`token-${current}-`)
    if (!isRight) throw fail(`source ${number} of login ${current} got ${outcome}`)
  }
}

const modes: readonly (readonly [string, Mode])[] = [
  ['one process without a lock', { hasLock: false, processes: 1 }],
  ['one process with a lock', { hasLock: true, processes: 1 }],
  ['three processes with a lock', { hasLock: true, processes: 3 }],
]

test.each(modes)(
  'in any history no login is lost, no refresh token is sent twice, and no log-out is undone: %s',
  async (_what, mode) => {
    for (let seed = 480; seed < 700; seed += 1) await expect(play(seed, mode)).resolves.toBeUndefined()
  },
)
