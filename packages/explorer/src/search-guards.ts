import { bySchedule, explore, type Bounds, type Violation } from './explore.ts'
import { guards, type Guard } from './guards.ts'
import { check } from './invariants.ts'
import { loadWithout } from './load-without.ts'
import { play } from './play.ts'
import { scenarios } from './scenario.ts'
import { findScenario, walk } from './walk.ts'

/** What shows that a guard is needed: a run that breaks a rule if it is missing. */
export type Proof = Violation & { readonly guard: string }

/** Searches the shortest schedule that shows that a guard is missing. */
export async function searchProof(guard: Guard): Promise<Proof | undefined> {
  const playScenario = await loadWithout(guard)
  const search = async (all: readonly Bounds[]): Promise<Violation | undefined> => {
    for (const bounds of all) {
      for (const scenario of scenarios) {
        const { violations } = await explore(scenario, bounds, { isFirstEnough: true, playScenario })
        if (violations[0]) return violations[0]
      }
    }
    return undefined
  }
  // The quick ones first.
  const found =
    (await search([
      { preemptions: 0, faults: 0 },
      { preemptions: 0, faults: 1 },
      { preemptions: 2, faults: 0 },
    ])) ??
    (await walk(1, 3000, playScenario)) ??
    (await search([{ preemptions: 1, faults: 1 }]))
  return found && { guard: guard.name, ...found }
}

/** Plays the run of a proof with and without the guard. Returns what is wrong with the proof. */
export async function checkProof({
  guard: name,
  scenario: title,
  schedule,
  wrong,
}: Proof): Promise<string | undefined> {
  const guard = guards.find((one) => one.name === name)
  const scenario = findScenario(title)
  if (!guard || !scenario) return `${name}: there is no such guard, or no scenario "${title}"`
  const decide = bySchedule(schedule)
  if (check(await play(scenario, decide)).length > 0) return `${name}: the run breaks a rule also with it`
  const playWithout = await loadWithout(guard)
  const [rule] = wrong.split(':')
  const broken = check(await playWithout(scenario, decide))
  if (!broken.some((text) => text.startsWith(`${rule}:`))) return `${name}: without it, the run does not break the rule`
  return undefined
}
