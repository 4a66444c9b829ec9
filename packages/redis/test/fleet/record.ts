import type { Task } from 'vitest'
import type { Fleet } from './start-fleet.ts'

/** What came of a fault, for the table in the README. */
export type Fault = ReturnType<Fleet['counts']> & { readonly name: string; readonly seconds: number }

declare module 'vitest' {
  interface TaskMeta {
    fault?: Fault
  }
}

/** Counts what happens from a fault on, until all calls were answered, and keeps it with the test. */
export async function record({ task }: { task: Task }, fleet: Fleet, work: () => Promise<unknown>) {
  fleet.countAnew()
  const startedAt = performance.now()
  await work()
  const counts = fleet.counts()
  task.meta.fault = { ...counts, name: task.name, seconds: (performance.now() - startedAt) / 1000 }
  return counts
}
