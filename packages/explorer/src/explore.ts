import { check } from './invariants.ts'
import { play } from './play.ts'
import type { Scenario } from './scenario.ts'
import { isFault, type Choice, type Decide } from './choice.ts'

/** How far an exploration goes. */
export type Bounds = {
  /** How often another process goes first, although the one that runs could continue. */
  readonly preemptions: number
  /** How many things go wrong. */
  readonly faults: number
  /** Only in the first so many steps of the race is anything else than the usual chosen. @defaultValue 32 */
  readonly steps?: number
}

/** A run that broke a rule. */
export type Violation = { readonly scenario: string; readonly schedule: readonly Choice[]; readonly wrong: string }

/** What an exploration has done and found. */
export type Exploration = { readonly runs: number; readonly steps: number; readonly violations: readonly Violation[] }

/** Decides as a schedule says. */
export const bySchedule =
  (schedule: readonly Choice[]): Decide =>
  (at) =>
    schedule.find((one) => one.at === at)?.what

/**
 * Plays all schedules of a scenario within the bounds, the shorter ones first. Ends with the first violation if it is
 * asked to, which then has the shortest schedule.
 *
 * @param playScenario - plays a run. Tests give one of a program in which something is missing.
 */
export async function explore(
  scenario: Scenario,
  { preemptions, faults, steps: mostSteps = 32 }: Bounds,
  { isFirstEnough = false, playScenario = play } = {},
): Promise<Exploration> {
  const violations: Violation[] = []
  let schedules: (readonly Choice[])[] = [[]]
  let runs = 0
  let steps = 0
  while (schedules.length > 0) {
    const longer: (readonly Choice[])[] = []
    for (const schedule of schedules) {
      const account = await playScenario(scenario, bySchedule(schedule))
      runs += 1
      steps += account.world.taken.length
      const [wrong] = check(account)
      if (wrong !== undefined) violations.push({ scenario: scenario.name, schedule, wrong })
      if (wrong !== undefined && isFirstEnough) return { runs, steps, violations }
      const known = schedule.filter(({ what }) => isFault(what)).length
      const mayFail = known < faults
      const maySwitch = schedule.length - known < preemptions
      const last = schedule.at(-1)?.at ?? -1
      for (const { at, whats } of account.world.options.slice(last + 1, mostSteps)) {
        for (const what of whats) {
          if (isFault(what) ? mayFail : maySwitch) longer.push([...schedule, { at, what }])
        }
      }
    }
    schedules = longer
  }
  return { runs, steps, violations }
}
