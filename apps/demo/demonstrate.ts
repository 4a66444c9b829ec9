import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { credentials, noProxy } from './environment.ts'
import { programs } from './programs.ts'
import { runProgram } from './run-program.ts'
import { firstLifetimeMs, type Step } from './tour.ts'

/** How many token requests there should have been after each step: the last one takes two, since the first is refused. */
const expectedTokenRequests = [1, 2, 3, 5]

const columns = [
  ['calls', 7],
  ['ok', 6],
  ['401s', 6],
  ['API calls', 14],
  ['rejected', 10],
  ['token requests', 17],
] as const

/** Runs every program against an emulator of Orange of its own, and says whether all went as it should. */
export async function demonstrate(): Promise<boolean> {
  console.log(`
Three programs call an emulator of Orange's API through ky.extend(orangeAuth()), side by side, for ten seconds.
None of them has a line that gets, keeps, renews or attaches a token.
`)
  const width = Math.max(...programs.map(({ runtime }) => runtime.length)) + 2
  const row = (title: string, cells: readonly (string | number)[]) =>
    console.log(
      title.padEnd(width) + cells.map((cell, index) => String(cell).padStart(columns[index]?.[1] ?? 0)).join(''),
    )
  console.log(`${''.padEnd(width)}      the program saw             crossed the wire so far`)
  row(
    '',
    columns.map(([title]) => title),
  )

  const runs = programs.map((program) => start(program))
  const steps: Step[][] = []
  try {
    for (const expected of expectedTokenRequests) {
      // oxlint-disable-next-line no-await-in-loop -- step by step
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
    // Each ends its program and its server.
    await Promise.all(runs.map((run) => run.return()))
  }
  return conclude(steps)
}

/**
 * Serves an emulator, and runs a program against it.
 *
 * @yields each step of the program, as it is done.
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
Each program asked for a token when it had none, before that expired, and when one was revoked: the calls that were
rejected were sent again with the new one. While the token endpoint was down, calls went on with the token at hand; one
attempt met the outage, the next one succeeded.

How little it takes: apps/node/main.ts, apps/deno/main.ts, apps/bun/main.ts
`)
  return true
}
