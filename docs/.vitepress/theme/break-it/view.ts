import type { Faults } from './faults.ts'
import type { Lab } from './lab.ts'
import { countCalls, type Counts, type LabRecord, type Line } from './record.ts'
import { describeResult } from './words.ts'

/** How many lines the page lists. */
const shown = 7

/** What the page shows at one moment. */
export type View = {
  readonly isBusy: boolean
  /** Whether there was no call yet. */
  readonly isIdle: boolean
  readonly counts: Counts
  readonly tokenRequests: number
  /** How many calls were sent a second time, also those that failed then. */
  readonly sentAgain: number
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
  const isIdle = record.calls.length === 0
  const counts = countCalls(record)
  const tokenRequests = lab.tokenRequests()
  const sentAgain = record.calls.filter(({ attempts }) => attempts > 1).length
  const result = isIdle ? 'No calls yet.' : describeResult(counts, tokenRequests, sentAgain)
  return {
    isBusy,
    isIdle,
    counts,
    tokenRequests,
    sentAgain,
    status: isBusy ? 'The calls are running.' : result,
    lines: record.lines
      .slice(-shown)
      .toReversed()
      .map((line) => ({ ...line })),
    state: faults.state(),
    record,
    now: isBusy ? Date.now() : record.until,
  }
}
