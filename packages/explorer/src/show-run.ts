import { bySchedule } from './explore.ts'
import { check } from './invariants.ts'
import type { Outcome } from './account.ts'
import { play } from './play.ts'
import type { Scenario } from './scenario.ts'
import type { Choice } from './choice.ts'

/** Plays one run, and returns all its steps and outcomes as a text. */
export async function showRun(scenario: Scenario, schedule: readonly Choice[]): Promise<string> {
  const account = await play(scenario, bySchedule(schedule))
  const { world, outcomes, last } = account
  const steps = world.taken.map(
    ({ at, process, label, what }) =>
      `${at.toFixed(0).padStart(8)} ms  process ${process}  ${label}${what ? `: ${what}` : ''}`,
  )
  const show = ({ process, action, token, error, tookMs }: Outcome) =>
    `  process ${process.number}: ${action} → ${token?.accessToken ?? (error instanceof Error ? error.message : 'done')}, ${tookMs} ms`
  return [
    ...steps,
    'the calls:',
    ...outcomes.map(show),
    'at the end:',
    ...last.map(show),
    ...check(account).map((wrong) => `BROKEN: ${wrong}`),
  ].join('\n')
}
