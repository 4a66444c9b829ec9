import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { programs } from './programs.ts'
import { runProgram } from './run-program.ts'
import { firstLifetimeMs, type Step } from './tour.ts'

const credentials = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' }

const columns = [
  ['calls', 6],
  ['ok', 5],
  ['401s', 6],
  ['API calls', 12],
  ['refused', 9],
  ['token requests', 16],
] as const

/** Runs every program against an emulator of Orange, and says whether all went as it should. */
export async function demonstrate(): Promise<boolean> {
  const emulator = createEmulator()
  const server = await serve(emulator)
  try {
    console.log(`
An emulator of Orange's API answers on ${server.url}. Three programs call it through
ky.extend(orangeAuth()): none of them has a line that gets, keeps, renews or attaches a token.
`)
    console.log(`${''.padEnd(44)}the program saw   what crossed the wire so far`)
    console.log(''.padEnd(44) + columns.map(([title, width]) => title.padStart(width)).join(''))

    const all: Step[] = []
    for (const program of programs) {
      emulator.orange.reset()
      emulator.orange.lifetimeMs = firstLifetimeMs
      console.log(program.runtime)
      for await (const step of runProgram(program, { ...credentials, EMULATOR_URL: server.url })) {
        console.log(rowOf(step))
        all.push(step)
      }
    }
    return conclude(all)
  } finally {
    await server.close()
  }
}

function rowOf({ name, calls, ok, unauthorized, counters }: Step): string {
  const cells = [calls, ok, unauthorized, counters.apiCalls, counters.apiRefusals, counters.tokenRequests]
  return `  ${name.padEnd(42)}${cells.map((cell, index) => String(cell).padStart(columns[index]?.[1] ?? 0)).join('')}`
}

function conclude(steps: readonly Step[]): boolean {
  const calls = steps.reduce((sum, step) => sum + step.calls, 0)
  const ok = steps.reduce((sum, step) => sum + step.ok, 0)
  // One token for the first calls, one at its expiry, one after the revocation.
  const asExpected = steps.map((step, index) => step.counters.tokenRequests === (index % 3) + 1)
  const good = steps.length === 3 * programs.length && ok === calls && asExpected.every(Boolean)
  console.log(`
${calls} calls, ${calls - ok} failed. ${
    good
      ? `Each program needed three tokens: one to begin with, one when that expired, one when that was revoked.
The refused calls were sent again with the new token, and no program noticed.`
      : 'That is not as it should be: three token requests for each program, and no failure.'
  }

How little it takes: apps/node/main.ts, apps/deno/main.ts, apps/bun/main.ts
`)
  return good
}
