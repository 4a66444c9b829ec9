import type { TestContext } from 'vitest'
import type { Fleet } from './start-fleet.ts'

/** The result of a fault, for the table in the README. */
type Fault = ReturnType<Fleet['counts']> & { readonly seconds: number }

declare module 'vitest' {
  interface TaskMeta {
    fault?: Fault
  }
}

/** Counts the results from the start of a fault until all calls were answered, and stores them with the test. */
export async function record({ task }: TestContext, fleet: Fleet, work: () => Promise<unknown>): Promise<void> {
  fleet.resetCounts()
  const startedAt = performance.now()
  await work()
  task.meta.fault = { ...fleet.counts(), seconds: (performance.now() - startedAt) / 1000 }
}
