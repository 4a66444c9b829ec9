import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decide, type Decision, type Need } from '../../packages/core/src/life/decide.ts'
import { createState, type TokenState } from '../../packages/core/src/life/state.ts'

const page = readFileSync(new URL('../inside.md', import.meta.url), 'utf8')
const now = 1_000_000

const cached = (renewIn: number, endsIn: number): Partial<TokenState> => ({
  cached: {
    token: { accessToken: 'current' },
    authorization: 'Bearer current',
    renewAt: now + renewIn,
    expiresAt: now + endsIn,
    lifetime: 1_000_000,
    // The monotonic clock does not count here.
    clockOffset: Number.NEGATIVE_INFINITY,
  },
})

const fresh = cached(1, 20_000)
const ageing = cached(0, 20_000)
const rejected: Need = { rejected: 'current' }
const long: Need = { validForMs: 60_000 }

/** The words of the table's first column, and all states and needs that each of them means. */
const tokens: Readonly<Record<string, readonly (readonly [Partial<TokenState>, Need])[]>> = {
  fresh: [
    [fresh, {}],
    [fresh, { rejected: 'older' }],
    [fresh, { validForMs: 10_000 }],
  ],
  ageing: [[ageing, {}]],
  short: [
    [fresh, long],
    [ageing, long],
  ],
  absent: [
    [{}, {}],
    [{}, rejected],
  ],
  expired: [
    [cached(-1, 0), {}],
    [cached(-1, 0), rejected],
  ],
  rejected: [
    [fresh, rejected],
    [ageing, rejected],
    [fresh, { ...rejected, ...long }],
  ],
}

const work = { promise: new Promise<never>(() => {}), deadline: Number.POSITIVE_INFINITY }
const over = { ...work, deadline: 0 }

/** No renewal, and one whose deadline has passed; or one that is running. */
const renewals = { no: [{}, { pending: over }], yes: [{ pending: work }] }

const failedAt = (at: number): Partial<TokenState> => ({
  failure: { error: new Error('down'), reason: 'ageing', at, count: 1 },
})

/** No failure, and one that is long ago; or one now, and one whose refresh token is still awaited. */
const backOffs = {
  no: [{}, failedAt(0), { ...failedAt(0), redeeming: over }],
  yes: [failedAt(now), { ...failedAt(0), redeeming: work }],
}

const columns = ['token in memory', 'a renewal is running', 'back-off', 'decision']
const rows = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === columns.length + 2)
  .map(([, ...cells]) => cells)
const start = rows.findIndex((cells) => cells.slice(0, 4).join() === columns.join())
const table = rows.slice(start + 2).map(([names = '', runs = '', cools = '', decision = '']) => ({
  names: names.split(', '),
  runs: runs.split(' or '),
  cools: cools.split(' or '),
  decision,
}))

/** What the last column says. */
function describeDecision(decision: Decision): string {
  if (decision.do === 'serve') return decision.isDue ? '`serve`, and a renewal starts in the background' : '`serve`'
  return decision.do === 'renew' ? `\`renew\`, with the reason \`${decision.reason}\`` : `\`${decision.do}\``
}

const cases = Object.entries(tokens).flatMap(([name, states]) =>
  (['no', 'yes'] as const).flatMap((runs) => (['no', 'yes'] as const).map((cools) => ({ name, runs, cools, states }))),
)

test.each(cases)(
  'the table says what decide() does with a token that is $name, renewal running: $runs, back-off: $cools',
  ({ name, runs, cools, states }) => {
    const found = table.filter(
      (row) => row.names.includes(name) && row.runs.includes(runs) && row.cools.includes(cools),
    )
    expect(found).toHaveLength(1)
    const decisions = states.flatMap(([token, need]) =>
      renewals[runs].flatMap((renewal) =>
        backOffs[cools].map((backOff) =>
          describeDecision(decide({ ...createState(''), ...token, ...renewal, ...backOff }, need, now)),
        ),
      ),
    )
    expect(new Set(decisions)).toEqual(new Set([found[0]?.decision]))
  },
)

test('each row of the table has only words that the test knows', () => {
  expect(table.length).toBeGreaterThan(8)
  for (const { names, runs, cools } of table) {
    expect(Object.keys(tokens)).toEqual(expect.arrayContaining(names))
    expect(['yes', 'no']).toEqual(expect.arrayContaining([...runs, ...cools]))
  }
})

test('the page has each folder of core, and the files that it links to exist', () => {
  const folders = readdirSync(new URL('../../packages/core/src', import.meta.url), { withFileTypes: true })
  for (const { name } of folders.filter((one) => one.isDirectory()))
    expect(page).toMatch(new RegExp(`^\\|.*\`${name}\``, 'm'))
  const targets = Array.from(page.matchAll(/\]\(((?:\.\.\/packages|test)\/[^)#]+)\)/g), ([, target = '']) => target)
  expect(targets.length).toBeGreaterThan(15)
  const missing = targets.filter((target) => !existsSync(new URL(`../${target}`, import.meta.url)))
  expect(missing).toEqual([])
})
