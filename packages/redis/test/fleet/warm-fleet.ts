import type { TestContext } from 'vitest'
import { startFleet, type FleetOptions } from './start-fleet.ts'

/** Whether to run all cases. `scripts/fault-table.mjs` does, and so does `test:long`. */
export const isLong = process.env['LONG_TESTS'] === 'yes'

/** The titles of the tests that only the long run has: none or one. */
export const ifLong = (title: string): string[] => (isLong ? [title] : [])

/** Returns all cases in the long run. Otherwise those that stand for the others. */
export const chosen = <Case>(all: readonly Case[], isUsual: (one: Case) => boolean): readonly Case[] =>
  isLong ? all : all.filter(isUsual)

/** Long enough for a slow machine. */
export const timeout = 300_000

export const app = {}
export const user = { user: 'ada' }

/** Starts processes that have a token. */
export async function startWarm(context: TestContext, options: FleetOptions) {
  const fleet = await startFleet(context, options)
  await fleet.call()
  return fleet
}

/** Waits as long as a fault takes. */
export const last = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
