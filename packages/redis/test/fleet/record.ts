import type { TestContext } from 'vitest'
import type { Fleet } from './start-fleet.ts'

/** What came of a fault, for the table in the README. */
type Fault = ReturnType<Fleet['counts']> & { readonly seconds: number }

declare module 'vitest' {
  interface TaskMeta {
    fault?: Fault
  }
}

/** Counts what happens from a fault on, until all calls were answered, and keeps it with the test. */
export async function record({ task }: TestContext, fleet: Fleet, work: () => Promise<unknown>): Promise<void> {
  fleet.countAnew()
  const startedAt = performance.now()
  await work()
  task.meta.fault = { ...fleet.counts(), seconds: (performance.now() - startedAt) / 1000 }
}
