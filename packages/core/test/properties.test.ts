import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isOAuthError, type OwnTokenSource, type Token, type TokenStore } from '../src/index.ts'
import { grant, refusal, sourceOver } from './support.ts'

/** A step that a caller can take at any time. */
type Step =
  | { readonly does: 'get' | 'refuse' | 'peek' | 'set' | 'clear' }
  | { readonly does: 'pass'; readonly ms: number }

/** The result of a token request. */
type Outcome = 'grant' | 'grant again' | 'refresh' | 'down' | 'throttle' | 'refuse' | 'lose'

type Scenario = {
  /** The steps of each caller, one after the other. The callers do not wait for each other. */
  readonly callers: readonly (readonly Step[])[]
  readonly outcomes: readonly Outcome[]
  /** Whether each operation of the store fails, in order. If `undefined`, there is no store. */
  readonly store: readonly boolean[] | undefined
}

const start = 1_000_000
const hour = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ now: start })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const calls = ['get', 'get', 'refuse', 'refuse', 'peek'] as const

/** Durations after which something can change: store timeouts, back-offs, deadlines, limits, margins, lifetimes. */
const instants = [1, 500, 1000, 10_000, 30_000, 0.92 * hour, hour] as const

/** Durations too short for a token to expire, or for the rate limit to allow another renewal. */
const earlyInstants = [1, 500, 1000] as const

const bad: readonly Outcome[] = ['down', 'throttle', 'refuse', 'lose']

const outcomes = fc.oneof(
  fc.array(fc.constantFrom<Outcome>('grant', 'grant', 'grant again', 'refresh', ...bad), { maxLength: 10 }),
  // A server that always issues tokens, and servers that fail 30 times in one way.
  fc.constant([]),
  fc.constantFrom(...bad).map((outcome) => Array.from({ length: 30 }, () => outcome)),
)

const store = fc.option(
  fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()), { maxLength: 8 }),
  {
    nil: undefined,
  },
)

/**
 * Runs a scenario in the order that the scheduler chooses, and counts what happens.
 *
 * @throws If a caller gets a token that it must not get, waits forever, or gets an error that is not an `OAuthError`.
 */
async function run(scheduler: fc.Scheduler, scenario: Scenario) {
  vi.setSystemTime(start)
  // The real digest runs in another thread, and would end at a random moment.
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(() =>
    scheduler.schedule(Promise.resolve(new ArrayBuffer(32)), 'key'),
  )
  /** A logical clock, to compare which of two things happened first. */
  let moment = 0
  const now = () => (moment += 1)

  // The tokens, each with the moments that tell older tokens from newer ones.
  const births = new Map<
    string,
    { requestedAt: number; grantedAt: number; knownAt: number; expiresAt: number; isRepeated: boolean }
  >()
  const bornOf = (accessToken: string) => births.get(accessToken) ?? expect.fail(`unknown token ${accessToken}`)

  // The token endpoint.
  let running = 0
  let requests = 0
  let granted = 0
  let mostRunning = 0
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    const requestedAt = now()
    const outcome = scenario.outcomes[requests] ?? 'grant'
    requests += 1
    running += 1
    mostRunning = Math.max(mostRunning, running)
    const sentAt = Date.now()
    try {
      await Promise.race([
        scheduler.schedule(Promise.resolve(), `token answer ${requests}: ${outcome}`),
        new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
        }),
      ])
    } finally {
      running -= 1
    }
    if (outcome === 'down') return refusal('down', 503)
    if (outcome === 'throttle') return refusal('slow_down', 429, { 'retry-after': '20' })
    if (outcome === 'refuse') return refusal('invalid_grant')
    if (outcome === 'lose') throw new TypeError('fetch failed')
    if (outcome !== 'grant again' || granted === 0) granted += 1
    const accessToken = `token-${granted}`
    const before = births.get(accessToken)
    births.set(accessToken, {
      requestedAt: Math.max(requestedAt, before?.requestedAt ?? 0),
      // A caller that saw the token rejected may have it from the first answer. A token that was issued between two
      // such answers is newer than that.
      grantedAt: Math.min(now(), before?.grantedAt ?? Number.POSITIVE_INFINITY),
      knownAt: moment,
      expiresAt: Math.max(sentAt + hour, before?.expiresAt ?? 0),
      isRepeated: before !== undefined,
    })
    return grant(accessToken, outcome === 'refresh' ? { refresh_token: `refresh-${granted}` } : {})
  }

  // The store. It writes in order and reads at any time, and some of its operations fail.
  const stored = new Map<string, unknown>()
  let operations = 0
  let written: Promise<unknown> = Promise.resolve()
  const operate = async <T>(name: string, after: Promise<unknown>, work: () => T): Promise<T> => {
    const fails = scenario.store?.[operations] ?? false
    operations += 1
    await after
    await scheduler.schedule(Promise.resolve(), `store ${name}${fails ? ' fails' : ''}`)
    if (fails) throw new Error('store down')
    return work()
  }
  const write = (name: string, work: () => unknown): Promise<unknown> => {
    const own = operate(name, written, work)
    written = own.catch(() => {})
    return own
  }
  const asyncStore: TokenStore = {
    get: (key) => operate('get', Promise.resolve(), () => stored.get(key)),
    set: (key, token) => write('set', () => void stored.set(key, token)),
    delete: (key) => write('delete', () => void stored.delete(key)),
  }

  // The sources: two over the same store, or a single one without a store.
  let limitedAt = 0
  const create = (): OwnTokenSource =>
    sourceOver(
      { fetch },
      {
        store: scenario.store && asyncStore,
        maxTokenRequestsPerMinute: 1000,
        onEvent: (event) => {
          if (event.type === 'throttled' && event.why === 'forced-renewals') limitedAt = now()
        },
      },
    )
  const sources = scenario.store ? [create(), create()] : [create()]
  const sourceOf = (number: number) => sources[number % sources.length] ?? create()

  // The callers.
  const memories = scenario.callers.map((): { token?: string; refusedAt: number } => ({ refusedAt: 0 }))
  let clearedAt = 0
  let clears = 0
  let clearing = 0
  let hasFailedToClear = false
  let changes = 0
  let passes = 0
  let given = 0

  const situation = () => ({
    at: now(),
    time: Date.now(),
    clearedAt,
    clears: clearing > 0 || hasFailedToClear ? -1 : clears,
  })

  /** Asks for a token, and checks the one it gets. */
  const ask = async (caller: number, rejected?: string) => {
    const memory = memories[caller] ?? expect.fail()
    if (rejected !== undefined) memory.refusedAt = Math.max(memory.refusedAt, bornOf(rejected).grantedAt)
    const asked = situation()
    const { accessToken } = await sourceOf(caller).getToken({ rejected })
    take(caller, accessToken, asked)
    // Allowed only if the limit is used up, the server issued it again, or it was in the store when memory was cleared.
    const isExcused = limitedAt > asked.at || bornOf(accessToken).isRepeated || changes > 0
    expect(accessToken !== rejected || isExcused, 'no caller gets the token that it saw rejected').toBe(true)
  }

  const take = (caller: number, accessToken: string, before: ReturnType<typeof situation>) => {
    const memory = memories[caller] ?? expect.fail()
    const { requestedAt, knownAt, expiresAt } = bornOf(accessToken)
    // While a log-out runs, or after one failed, an older token that is still in the store can reappear.
    if (before.clears === clears)
      expect(knownAt, 'no caller gets an older token than one that it saw rejected').toBeGreaterThanOrEqual(
        memory.refusedAt,
      )
    expect(requestedAt, 'after a log-out, no caller gets a token from before it').toBeGreaterThan(before.clearedAt)
    expect(expiresAt, 'no caller gets an expired token').toBeGreaterThan(before.time)
    memory.token = accessToken
  }

  const perform: Record<Step['does'], (caller: number, ms: number) => unknown> = {
    get: (caller) => ask(caller),
    refuse: (caller) => ask(caller, memories[caller]?.token),
    peek: (caller) => {
      const token = sourceOf(caller).peek()?.slice('Bearer '.length)
      if (token !== undefined) take(caller, token, situation())
    },
    set: async () => {
      changes += 1
      given += 1
      const token: Token = { accessToken: `given-${given}`, expiresAt: Date.now() + hour }
      const grantedAt = now()
      const give = (doneAt: number) =>
        births.set(token.accessToken, {
          requestedAt: doneAt,
          grantedAt,
          knownAt: doneAt,
          expiresAt: Date.now() + hour,
          isRepeated: false,
        })
      // It takes effect at some moment between the start and the end of the call.
      give(Number.POSITIVE_INFINITY)
      await sourceOf(given)
        .setToken(token)
        .finally(() => give(now()))
    },
    clear: async () => {
      changes += 1
      clears += 1
      clearing += 1
      const calledAt = now()
      try {
        await sourceOf(changes).clear()
        clearedAt = Math.max(clearedAt, calledAt)
      } catch (error) {
        hasFailedToClear = true
        throw error
      } finally {
        clearing -= 1
      }
    },
    pass: async (_caller, ms) => {
      passes += 1
      await vi.advanceTimersByTimeAsync(ms)
    },
  }

  const failures: unknown[] = []
  const unhandled = vi.fn<(reason: unknown) => void>()
  process.on('unhandledRejection', unhandled)
  let finished = 0
  for (const [caller, steps] of scenario.callers.entries()) {
    const act = async () => {
      for (const step of steps) {
        const ms = 'ms' in step ? step.ms : 0
        await scheduler.schedule(Promise.resolve(), `caller ${caller}: ${step.does} ${ms || ''}`)
        try {
          await perform[step.does](caller, ms)
        } catch (error) {
          if (!isOAuthError(error)) failures.push(error)
        }
      }
      finished += 1
    }
    void act()
  }

  // Lets everything happen, in any order. If only time can help, the clock advances.
  let idle = 0
  while (finished < scenario.callers.length || scheduler.count() > 0 || idle === 0) {
    if (scheduler.count() > 0) {
      await scheduler.waitNext(1)
      idle = 0
      continue
    }
    await new Promise((resolve) => setImmediate(resolve))
    if (scheduler.count() > 0) continue
    idle += 1
    if (idle > 100) expect.fail('a caller waits forever')
    if (idle <= 3) continue
    passes += 1
    await vi.advanceTimersByTimeAsync(500)
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)

  if (failures.length > 0) throw failures[0]
  expect(unhandled, 'no rejection is unhandled').not.toHaveBeenCalled()
  return { requests, mostRunning, changes, passes }
}

type Happening = Awaited<ReturnType<typeof run>>

function check(kinds: readonly (Step['does'] | number)[], judge: (happening: Happening, scenario: Scenario) => void) {
  const step = fc.constantFrom(...calls, ...kinds).map((kind): Step => {
    return typeof kind === 'number' ? { does: 'pass', ms: kind } : ({ does: kind } as Step)
  })
  const script = fc.array(step, { minLength: 1, maxLength: 8, size: 'max' })
  const scenario = fc.record<Scenario>({ callers: fc.array(script, { minLength: 1, maxLength: 4 }), outcomes, store })
  const property = fc.asyncProperty(fc.scheduler(), scenario, async (scheduler, own) => {
    judge(await run(scheduler, own), own)
  })
  // To run it for a whole night, set RUNS=100000.
  return fc.assert(property, { numRuns: Number(process.env['RUNS'] ?? 200) })
}

test('in any order of calls, one token request runs at a time, and no caller waits forever or gets a rejected or older token', () =>
  check([...instants], ({ mostRunning }) => {
    expect(mostRunning).toBeLessThanOrEqual(1)
  }))

test('after a log-out no caller gets a token from before it, and each log-in or log-out adds at most one running token request', () =>
  check([...instants, 'set', 'clear', 'clear'], ({ mostRunning, changes }) => {
    expect(mostRunning).toBeLessThanOrEqual(1 + changes)
  }))

test('the number of token requests does not grow with the number of calls', () => {
  const mostlyRefusals = Array.from({ length: 20 }, () => 'refuse' as const)
  return check(
    [...mostlyRefusals, ...earlyInstants, 'clear'],
    ({ requests, changes, passes }, { outcomes: answers }) => {
      // While no time passes and nothing is set or cleared, one renewal can get a token and one can fail. Each further
      // one needs a permit of the rate limit. A log-in or log-out counts when it begins and when it ends.
      const renewals = 2 * (1 + passes + 2 * changes) + 3
      // A renewal tries a refresh token, then the one that another process stored, then the grant without one.
      expect(requests).toBeLessThanOrEqual(answers.includes('refresh') ? 3 * renewals : renewals)
    },
  )
})
