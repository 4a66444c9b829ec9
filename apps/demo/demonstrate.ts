import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { credentials, noProxy } from './environment.ts'
import { programs } from './programs.ts'
import { runProgram } from './run-program.ts'
import { firstLifetimeMs, type Step } from './tour.ts'

/** The expected number of token requests after each step. The last step needs two, because the first of them fails. */
const expectedTokenRequests = [1, 2, 3, 5]

const columns = [
  ['calls', 7],
  ['ok', 6],
  ['401s', 6],
  ['API calls', 14],
  ['rejected', 10],
  ['token requests', 17],
] as const

/**
 * Runs each program against its own emulator of Orange, and prints what happens.
 *
 * @returns whether all calls succeeded, with the expected number of token requests.
 */
export async function demonstrate(): Promise<boolean> {
  console.log(`
Three programs call an emulated API of Orange for ten seconds, with ky.extend(orangeAuth()).
No program has code to get a token, to keep it, to renew it, or to add it to a call.
`)
  const width = Math.max(...programs.map(({ runtime }) => runtime.length)) + 2
  const row = (title: string, cells: readonly (string | number)[]) =>
    console.log(
      title.padEnd(width) + cells.map((cell, index) => String(cell).padStart(columns[index]?.[1] ?? 0)).join(''),
    )
  console.log(`${''.padEnd(width)}    the program saw              the emulator counted so far`)
  row(
    '',
    columns.map(([title]) => title),
  )

  const runs = programs.map((program) => start(program))
  const steps: Step[][] = []
  try {
    for (const expected of expectedTokenRequests) {
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      const outcomes = await Promise.all(runs.map(async (run) => (await run.next()).value as Step))
      console.log(`\n${outcomes[0]?.name}`)
      for (const [index, { calls, ok, unauthorized, counters }] of outcomes.entries()) {
        const { apiCalls, apiRejections, tokenRequests } = counters
        const remark = tokenRequests === expected ? '' : `  (${expected} expected)`
        row(`  ${programs[index]?.runtime}`, [
          calls,
          ok,
          unauthorized,
          apiCalls,
          apiRejections,
          `${tokenRequests}${remark}`,
        ])
      }
      steps.push(outcomes)
    }
  } finally {
    // This ends each program and its server.
    await Promise.all(runs.map((run) => run.return()))
  }
  return conclude(steps)
}

/**
 * Serves an emulator, and runs a program against it.
 *
 * @yields each step of the program, when it is done.
 */
async function* start(program: (typeof programs)[number]): AsyncGenerator<Step, void> {
  const emulator = createEmulator({ orange: { lifetimeMs: firstLifetimeMs } })
  const server = await serve(emulator)
  try {
    yield* runProgram(program, { ...credentials, ...noProxy, EMULATOR_URL: server.url })
  } finally {
    await server.close()
  }
}

function conclude(steps: readonly Step[][]): boolean {
  const all = steps.flat()
  const calls = all.reduce((sum, step) => sum + step.calls, 0)
  const failed = all.reduce((sum, step) => sum + step.calls - step.ok, 0)
  const isEconomical = steps.every((outcomes, index) =>
    outcomes.every(({ counters }) => counters.tokenRequests === expectedTokenRequests[index]),
  )
  console.log(`\n${calls} calls, ${failed} failed.`)
  if (failed > 0 || !isEconomical) return false
  console.log(`
Why each program sent five token requests:
  1. It had no token.
  2. The token was about to expire.
  3. The token was revoked. The calls that the API rejected were sent again, with the new token.
  4. The token was about to expire, but the token endpoint answered 503. The calls used the old token.
  5. The second try succeeded.

The code of these programs: apps/node/main.ts, apps/deno/main.ts, apps/bun/main.ts
`)
  return true
}
