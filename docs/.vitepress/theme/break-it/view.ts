import type { Faults } from './faults.ts'
import type { Lab } from './lab.ts'
import { countCalls, type Counts, type LabRecord, type Line } from './record.ts'

/** How many lines the page lists. */
const shown = 7

/** What the page shows at one moment. */
export type View = {
  readonly isBusy: boolean
  readonly counts: Counts
  readonly tokenRequests: number
  /** What screen readers say: it changes when the calls start, and when all of them have ended. */
  readonly status: string
  /** The last lines, the newest one first. */
  readonly lines: readonly Line[]
  /** What is broken. */
  readonly state: ReturnType<Faults['state']>
  /** What the timeline draws, up to the time `now`. */
  readonly record: LabRecord
  readonly now: number
}

/** Makes what the page shows now. */
export function viewOf(lab: Lab): View {
  const { record, faults } = lab
  const isBusy = lab.isBusy()
  const idle = record.calls.length === 0 ? 'No calls yet.' : `${lab.summary()}.`
  return {
    isBusy,
    counts: countCalls(record),
    tokenRequests: lab.tokenRequests(),
    status: isBusy ? 'The calls are running.' : idle,
    lines: record.lines
      .slice(-shown)
      .toReversed()
      .map((line) => ({ ...line })),
    state: faults.state(),
    record,
    now: isBusy ? Date.now() : record.until,
  }
}
