import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isOAuthError, type OwnTokenSource, type Token, type TokenStore } from '../src/index.ts'
import { grant, refusal, sourceOver } from './support.ts'

/** What anybody may do at any time. */
type Step =
  | { readonly does: 'get' | 'refuse' | 'peek' | 'set' | 'clear' }
  | { readonly does: 'pass'; readonly ms: number }

/** What becomes of a token request. */
type Outcome = 'grant' | 'grant again' | 'refresh' | 'down' | 'throttle' | 'refuse' | 'lose'

type Scenario = {
  /** What each caller does, one after the other; the callers do not wait for each other. */
  readonly callers: readonly (readonly Step[])[]
  readonly outcomes: readonly Outcome[]
  /** Which operations of the store fail, in their order; absent: there is no store. */
  readonly store: readonly boolean[] | undefined
}

const start = 1_000_000
const hour = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ now: start, toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const calls = ['get', 'get', 'refuse', 'refuse', 'peek'] as const

/** The instants at which something may change: store time-outs, back-offs, deadlines, limits, margins, lifetimes. */
const instants = [1, 500, 1000, 10_000, 30_000, 0.92 * hour, hour] as const

/** Too early to end a token or to refill the limit. */
const earlyInstants = [1, 500, 1000] as const

const bad: readonly Outcome[] = ['down', 'throttle', 'refuse', 'lose']

const outcomes = fc.oneof(
  fc.array(fc.constantFrom<Outcome>('grant', 'grant', 'grant again', 'refresh', ...bad), { maxLength: 10 }),
  // A server that is well, and ones that are not.
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
 * Runs a scenario in the order that the scheduler chooses, and tells what happened.
 *
 * @throws If somebody gets a token that they must not get, waits for ever, or fails with anything but an `OAuthError`.
 */
async function run(scheduler: fc.Scheduler, scenario: Scenario) {
  vi.setSystemTime(start)
  // Else it would come back from its thread whenever it likes.
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(() =>
    scheduler.schedule(Promise.resolve(new ArrayBuffer(32)), 'key'),
  )
  /** Counts what happens, to compare before and after. */
  let moment = 0
  const now = () => (moment += 1)

  // Tokens, each with what tells older from newer.
  const births = new Map<
    string,
    { requestedAt: number; grantedAt: number; knownAt: number; expiresAt: number; isRepeated: boolean }
  >()
  const bornOf = (accessToken: string) => births.get(accessToken) ?? expect.fail(`nobody granted ${accessToken}`)

  // The token endpoint.
  let inFlight = 0
  let requests = 0
  let granted = 0
  let mostInFlight = 0
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    const requestedAt = now()
    const outcome = scenario.outcomes[requests] ?? 'grant'
    requests += 1
    inFlight += 1
    mostInFlight = Math.max(mostInFlight, inFlight)
    const sentAt = Date.now()
    try {
      await Promise.race([
        scheduler.schedule(Promise.resolve(), `token answer ${requests}: ${outcome}`),
        new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
        }),
      ])
    } finally {
      inFlight -= 1
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
      // Who saw it refused may have had it from the first time: what came between the two is newer than that.
      grantedAt: Math.min(now(), before?.grantedAt ?? Number.POSITIVE_INFINITY),
      knownAt: moment,
      expiresAt: Math.max(sentAt + hour, before?.expiresAt ?? 0),
      isRepeated: before !== undefined,
    })
    return grant(accessToken, outcome === 'refresh' ? { refresh_token: `refresh-${granted}` } : {})
  }

  // The store: it writes in order, reads whenever it comes to it, and some of what it is to do fails.
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

  // The sources: with a store, two over the same one.
  let rationedAt = 0
  const create = (): OwnTokenSource =>
    sourceOver(
      { fetch },
      {
        store: scenario.store && asyncStore,
        maxTokenRequestsPerMinute: 1000,
        onEvent: (event) => {
          if (event.type === 'throttled' && event.why === 'forced-renewals') rationedAt = now()
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

  /** Asks for a token, and judges the one it gets. */
  const ask = async (caller: number, rejected?: string) => {
    const memory = memories[caller] ?? expect.fail()
    if (rejected !== undefined) memory.refusedAt = Math.max(memory.refusedAt, bornOf(rejected).grantedAt)
    const asked = situation()
    const { accessToken } = await sourceOf(caller).getToken({ rejected })
    take(caller, accessToken, asked)
    // Only where the limit is used up, the server gave it again, or it was in the store when memory was cleared.
    const isExcused = rationedAt > asked.at || bornOf(accessToken).isRepeated || changes > 0
    expect(accessToken !== rejected || isExcused, 'nobody gets what they refused').toBe(true)
  }

  const take = (caller: number, accessToken: string, before: ReturnType<typeof situation>) => {
    const memory = memories[caller] ?? expect.fail()
    const { requestedAt, knownAt, expiresAt } = bornOf(accessToken)
    // While a log-out goes on, or when one failed, an older one that the store still has may turn up.
    if (before.clears === clears)
      expect(knownAt, 'no token is older than one that the caller saw refused').toBeGreaterThanOrEqual(memory.refusedAt)
    expect(requestedAt, 'no token from before a log-out is given after it').toBeGreaterThan(before.clearedAt)
    expect(expiresAt, 'no token is given that was over already').toBeGreaterThan(before.time)
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
      // It takes its place somewhere between the call and its end.
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

  // Lets everything happen, in any order; where nothing but time can help, that passes.
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
    if (idle > 100) expect.fail('somebody waits for ever')
    if (idle <= 3) continue
    passes += 1
    await vi.advanceTimersByTimeAsync(500)
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)

  if (failures.length > 0) throw failures[0]
  expect(unhandled, 'no rejection is unhandled').not.toHaveBeenCalled()
  return { requests, mostInFlight, changes, passes }
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
  // For a night: RUNS=100000.
  return fc.assert(property, { numRuns: Number(process.env['RUNS'] ?? 200) })
}

test('calls in any order: one token request at a time; nobody waits for ever, or gets what they rejected or older', () =>
  check([...instants], ({ mostInFlight }) => {
    expect(mostInFlight).toBeLessThanOrEqual(1)
  }))

test('with log-ins and log-outs: no token from before a log-out is given after it; each overtakes one request', () =>
  check([...instants, 'set', 'clear', 'clear'], ({ mostInFlight, changes }) => {
    expect(mostInFlight).toBeLessThanOrEqual(1 + changes)
  }))

test('token requests are bounded by what happened, however many calls there were', () => {
  const mostlyRefusals = Array.from({ length: 20 }, () => 'refuse' as const)
  return check(
    [...mostlyRefusals, ...earlyInstants, 'clear'],
    ({ requests, changes, passes }, { outcomes: answers }) => {
      // While no time passes and nothing is set or cleared, one renewal gets a token and one may fail. Beyond that each
      // needs a permit of the limit. A log-in or log-out counts when it begins and when it ends.
      const renewals = 2 * (1 + passes + 2 * changes) + 3
      // A refresh token is tried, then the one that another process put into the store, then the grant starts over.
      expect(requests).toBeLessThanOrEqual(answers.includes('refresh') ? 3 * renewals : renewals)
    },
  )
})
