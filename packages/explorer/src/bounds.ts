import type { Bounds } from './explore.ts'
import type { Scenario } from './scenario.ts'

/** The scenarios that are explored further: two processes, of which one renews. */
const further = /^(renewal|rejection) × (renewal|sign-in|log-out|rejection|expiry of the entry)$/

/** How far each scenario is explored in a quick run. */
export const quickBounds: readonly Bounds[] = [{ preemptions: 1, faults: 0 }]

/**
 * How far each scenario is explored: two preemptions without a fault, and one of each. Some have two preemptions and a
 * fault.
 */
export const boundsOf = ({ name }: Scenario): readonly Bounds[] =>
  further.test(name)
    ? [{ preemptions: 2, faults: 1 }]
    : [
        { preemptions: 2, faults: 0 },
        { preemptions: 1, faults: 1 },
      ]
