import { readFileSync } from 'node:fs'
import { clientSecretBasic, createTokenSource, OAuthError, type Token } from '@oauthkit/core'
import ky from 'ky'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { answerMs } from '../../packages/core/src/endpoint/call-endpoint.ts'
import { retryAt } from '../../packages/core/src/life/back-off.ts'
import { toCachedToken } from '../../packages/core/src/life/cached-token.ts'
import { resolveOptions } from '../../packages/core/src/life/options.ts'
import { createRateLimit, takePermit } from '../../packages/core/src/life/rate-limit.ts'
import { limits, type Limit } from '../diagrams/retries-and-time-limits.data.ts'
import { drawLimits, layouts } from '../diagrams/retries-and-time-limits.ts'
import { root } from '../site/public-packages.ts'

const read = (path: string) => readFileSync(root + path, 'utf8')
const page = read('docs/retries-and-time-limits.md')

/** The first two columns of the tables. */
const tables = page
  .split(/\n{2,}/)
  .filter((block) => block.startsWith('| limit'))
  .map((table) => Array.from(table.matchAll(/^\| (.+?) +\| (.+?) +\|/gm), ([, what, time]) => [what, time]).slice(2))

const all: readonly Limit[] = Object.values(limits).flatMap((group) => Object.values<Limit>(group))
const {
  'A call': call,
  'A token request': request,
  'A token': life,
  'A store': store,
  Clocks: clocks,
}: typeof limits = limits

const provider = {
  name: 'example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
}
const client = { provider, clientId: 'app', clientSecret: 'secret' }

// The first failure loads it, which a fake clock does not wait for.
beforeAll(() => import('../../packages/core/src/loaded-after-failure.ts'))

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('the table has the limits of the picture, with their times', () => {
  expect(tables[0]).toEqual(all.map(({ what, time }) => [what, time]))
})

const units = { s: 1000, min: 60_000, h: 3_600_000 }

test.each(all)('the words "$time" say what the picture shows: $what', ({ time, dots, until }) => {
  const instants = Array.from(time.matchAll(/([\d.,… ]+) (s|min|h)\b/g), ([, numbers = '', unit]) =>
    (numbers.match(/[\d.]+/g) ?? []).map((number) => Number(number) * units[unit as 's']),
  ).flat()
  expect(instants).not.toEqual([])
  const shown = new Set<number>([...dots, ...(until === undefined ? [] : [until])])
  expect(instants.filter((ms) => !shown.has(ms))).toEqual([])
})

test.each(Object.entries(layouts))('the committed picture is what the script draws: %s', (name, layout) => {
  const drawn = drawLimits(layout)
  const file = `diagrams/retries-and-time-limits-${name}.svg`
  expect(read(`docs/${file}`)).toBe(drawn)
  const [, size] = /^<svg .*? (width="\d+" height="\d+") /.exec(drawn) ?? []
  expect(page.split('\n').find((line) => line.includes(file))).toContain(size)
  for (const { what } of all) expect(drawn).toContain(`>${what}<`)
})

test('the text of the picture is at least 10 px high on a screen of 320 px, where 272 px are for the page', () => {
  const [, size = ''] = /font: (\d+)px/.exec(drawLimits(layouts.narrow)) ?? []
  expect((Number(size) * 272) / layouts.narrow.width).toBeGreaterThan(10)
})

test.each(all)('in the picture, the words do not overlap: $what, $time', ({ what, time }) => {
  // Both are on one line. In the picture for wide screens, there is room for so many characters.
  expect(what.length + time.length).toBeLessThanOrEqual(46)
})

test("ky's attempts and their time limit are as the page says", async () => {
  const at: number[] = []
  const answer = async () => {
    at.push(Date.now() - 1_000_000)
    return new Response('', { status: 503 })
  }
  const failed = ky.get('https://api.example', { fetch: answer }).catch(() => {})
  await vi.advanceTimersByTimeAsync(60_000)
  await failed
  const pauses = at.slice(1).map((ms, index) => ms - (at[index] ?? 0))
  expect(pauses).toEqual(call.attempts.dots)

  let endedAt = 0
  const hangs = ky.get('https://api.example', { fetch: () => new Promise(() => {}), retry: 0 }).catch(() => {
    endedAt = Date.now()
  })
  const startedAt = Date.now()
  await vi.advanceTimersByTimeAsync(60_000)
  await hangs
  expect([endedAt - startedAt]).toEqual(call.attempt.dots)
})

test('the defaults of the options are as the page says', () => {
  const { timeoutMs, storeTimeoutMs, maxTokenRequestsPerMinute } = resolveOptions(client).settings
  expect([timeoutMs]).toEqual(call.wait.dots)
  expect([storeTimeoutMs]).toEqual(store.operation.dots)
  expect(request.issued.what).toBe(`${maxTokenRequestsPerMinute} tokens at most`)
  expect([answerMs]).toEqual([life.answer.until])
})

test('a short failure is bridged, and then one call a second tries again', async () => {
  const at: number[] = []
  const fetch = async () => {
    at.push(Date.now() - 1_000_000)
    return new Response('', { status: 503 })
  }
  const source = createTokenSource({ ...client, fetch })
  for (let tenth = 0; tenth < 40; tenth += 1) {
    source.getToken().catch(() => {})
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(at.slice(1, 3)).toEqual(request.bridge.dots)
  const pauses = at.slice(3).map((ms, index) => ms - (at[index + 2] ?? 0))
  expect(new Set(pauses)).toEqual(new Set(request.failure.dots))
})

test('the back-off is as the page says', () => {
  const failure = { reason: 'absent', at: Date.now() } as const
  const waits = (error: Error, isServing: boolean) =>
    Array.from({ length: 20 }, (_, index) => retryAt({ ...failure, error, count: index + 1 }, isServing, Date.now()))
  const down = new OAuthError('TOKEN_UNAVAILABLE', 'down')
  const refused = new OAuthError('TOKEN_REFUSED', 'no')
  const pausesOf = (instants: readonly number[]) => [...new Set(instants.map((ms) => ms - Date.now()))]
  expect(pausesOf(waits(down, false))).toEqual(request.failure.dots)
  expect(pausesOf(waits(down, true))).toEqual(request.serving.dots)
  expect(pausesOf(waits(refused, false))).toEqual(request.refused.dots)
  const later = new OAuthError('TOKEN_UNAVAILABLE', 'down', { retryAt: Date.now() + 86_400_000 })
  expect(pausesOf(waits(later, false))).toEqual([request.retryAfter.until])
})

test.each([
  [1000, 600],
  [2000, life.margin.dots[0]],
  [600_000, 60_000],
  [36_000_000, life.margin.until],
])('a token that lasts %i ms is renewed %i ms before its end, ± 10 %', (lifetime, margin) => {
  const token: Token = { accessToken: 'token', expiresAt: Date.now() + lifetime }
  const marginOf = () => Number(token.expiresAt) - toCachedToken(token, provider).renewAt
  expect(Math.round(marginOf())).toBe(margin)
  vi.mocked(Math.random).mockReturnValue(1)
  expect(marginOf()).toBeLessThanOrEqual(margin * 1.1 + 1)
  expect(marginOf()).toBeLessThanOrEqual(lifetime * 0.6)
})

test('renewals that rejected tokens force: three at once, then each 30 s, and up to 1 h', () => {
  const now = Date.now()
  const limit = createRateLimit(now)
  const permits = [1, 2, 3, 4].map(() => takePermit(limit, 'token', now))
  expect(permits).toEqual([true, true, true, false])
  expect(life.forced.what).toContain('3 at once')
  const [shortest] = life.forced.dots
  expect(takePermit(limit, 'token', now + shortest - 1)).toBe(false)
  expect(takePermit(limit, 'token', now + shortest)).toBe(true)
  let at = now + shortest
  const intervals = Array.from({ length: 10 }, () => {
    Object.assign(limit, { forced: 'new', forcedAt: at })
    takePermit(limit, 'new', at)
    at += limit.intervalMs
    takePermit(limit, 'other', at)
    return limit.intervalMs
  })
  expect(intervals.slice(0, 3)).toEqual([2 * shortest, 4 * shortest, 8 * shortest])
  expect(intervals.at(-1)).toBe(life.forced.until)
})

const [lease] = store.lease.dots

/** What the source must have: the limit, in the unit of the source. */
const inSource: readonly (readonly [what: string, file: string, code: string])[] = [
  [call.stream.what, 'core/src/request/ask.ts', `validForMs: sent.replay ? undefined : ${call.stream.dots[0]}`],
  [store.patience.what, 'core/src/sharing/renewal.ts', `Math.min(${store.patience.dots[0]}, timeoutMs / 4)`],
  [store.lease.what, 'redis/src/redis-store.ts', `leaseMs = ${lease} }`],
  [store.lease.what, 'redis/src/lease.ts', 'setInterval(keep, leaseMs / 3)'],
  [store.lease.what, 'redis/src/lock.ts', 'waitMs = 6 * leaseMs'],
  [store.held.what, 'core/src/sharing/unsaved.ts', `everyMs = ${store.held.dots[0]}\n`],
  [store.held.what, 'core/src/sharing/unsaved.ts', `longestMs = ${store.held.until}\n`],
  [store.unsaved.what, 'core/src/sharing/unsaved.ts', `Math.min(1000 * 2 ** (failures - 1), ${store.unsaved.dots[3]})`],
  [request.issued.what, 'core/src/life/obtain.ts', `instant > now - ${request.issued.dots[0]} `],
  [clocks.skew.what, 'core/src/failure/describe-answer.ts', `Math.abs(seconds) <= ${clocks.skew.dots[0] / 1000})`],
  [clocks.tolerance.what, 'login/src/settings.ts', `clockToleranceMs = ${clocks.tolerance.dots[0]},`],
  [clocks.backdating.what, 'private-key-jwt/src/checks.ts', `maxBackdating = ${clocks.backdating.dots[0] / 1000}\n`],
  [clocks.backdating.what, 'private-key-jwt/src/checks.ts', 'Math.min(lifetime / 2, maxBackdating)'],
]

/** The rows of the second table, and what the source must have. */
const others: readonly (readonly [what: string, time: string, file: string, code: string])[] = [
  [
    "a provider's `isRejected` reads a body",
    '1 s, 16 kB',
    'core/src/request/rejection.ts',
    'maxBytes = 16384\nconst maxMs = 1000\n',
  ],
  ['credentials that a function looks up', '1 s', 'core/src/sharing/locator.ts', 'rememberedMs = 1000\n'],
  ['a lifetime that the server does not name', '1 h', 'core/src/endpoint/token-response.ts', '?? 3600000)'],
  ['metadata of an issuer', '1 h', 'core/src/endpoint/discover.ts', 'age < hour || now - known.failedAt < 60000'],
  ['one step of a sign-in', '10 s', 'login/src/settings.ts', 'timeoutMs = 10000,'],
  ["a user's session of the handler", '8 h', 'login/src/handler/resolve-options.ts', "'sessionMs', 28800000,"],
  ['a sign-in of the handler', '10 min', 'login/src/handler/resolve-options.ts', "'signInMs', 600000,"],
  ['`idle()` gives up', '1 min', 'core/src/sharing/unsaved.ts', 'longestMs = 60000\n'],
]

test('the second table has the other times', () => {
  expect(tables[1]).toEqual(others.map(([what, time]) => [what, time]))
})

test.each([...inSource, ...others.map(([what, , file, code]) => [what, file, code] as const)])(
  'the source has the limit of the page: %s',
  (_what, file, code) => {
    // Numbers without the underscores between their digits.
    expect(read(`packages/${file}`).replaceAll(/(?<=\d)_(?=\d)/g, '')).toContain(code)
  },
)

test('a timer that fires late waits for a quarter of a second more, as the page says', () => {
  expect(read('packages/core/src/wait.ts')).toContain('setTimeout(end, 250)')
  expect(page).toContain('0.25 s later')
})
