import { generator } from '../../../config/random.ts'
import { bySchedule, type Violation } from './explore.ts'
import { check } from './invariants.ts'
import { play } from './play.ts'
import { scenarios, type Action, type Scenario } from './scenario.ts'
import { isFault, type Choice, type Decide } from './choice.ts'

const usual: readonly Action[] = ['get', 'get', 'reject']

/** How many things go wrong in a walk at most. */
const mostFaults = 3

/** Makes a scenario of three processes, and decides at each step by chance. The same seed gives the same run. */
function begin(seed: number) {
  const random = generator(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  // At most one sign-in or log-out, so that it is known which login must be there in the end.
  const special = pick<Action>(['get', 'sign in', 'log out'])
  const user = (own: readonly Action[]) => ({
    user: 'ada',
    calls: [[pick(usual), ...own, pick(usual)], ...(random() < 0.3 ? [[pick(usual)]] : [])],
  })
  const scenario: Scenario = {
    name: `walk ${seed}`,
    token: pick(['expired', 'ageing', 'fresh']),
    forgives: random() < 0.4,
    processes: [user([]), user([special]), user([])],
  }
  const schedule: Choice[] = []
  const decide: Decide = (at, whats) => {
    const switches = whats.filter((what) => !isFault(what))
    const faults = whats.filter(isFault)
    const mayFail = schedule.filter(({ what }) => isFault(what)).length < mostFaults
    const chance = random()
    const what = chance < 0.05 && mayFail ? pick(faults) : chance < 0.3 ? pick(switches) : undefined
    if (what !== undefined) schedule.push({ at, what })
    return what
  }
  return { scenario, schedule, decide }
}

/** Removes choices from a schedule for as long as the run still breaks a rule. */
async function shorten(
  scenario: Scenario,
  schedule: readonly Choice[],
  playScenario: typeof play,
): Promise<readonly Choice[]> {
  for (const choice of schedule) {
    const shorter = schedule.filter((one) => one !== choice)
    const wrong = check(await playScenario(scenario, bySchedule(shorter)))
    if (wrong.length > 0) return shorten(scenario, shorter, playScenario)
  }
  return schedule
}

/**
 * Plays random walks of three processes with some faults. Returns the first that broke a rule, with a short schedule.
 *
 * @param playScenario - see `explore`.
 */
export async function walk(first: number, count: number, playScenario = play): Promise<Violation | undefined> {
  for (let seed = first; seed < first + count; seed += 1) {
    const { scenario, schedule, decide } = begin(seed)
    if (check(await playScenario(scenario, decide)).length === 0) continue
    const shorter = await shorten(scenario, schedule, playScenario)
    const [wrong = ''] = check(await playScenario(scenario, bySchedule(shorter)))
    return { scenario: scenario.name, schedule: shorter, wrong }
  }
  return undefined
}

/** Finds a scenario by its name: one of the table, or that of a walk. */
export const findScenario = (name: string): Scenario | undefined =>
  /^walk \d+$/.test(name) ? begin(Number(name.slice(5))).scenario : scenarios.find((one) => one.name === name)
