import { readFileSync } from 'node:fs'
import { expect, type TestContext } from 'vitest'
import { readRows, resultsOf } from './fault-rows.ts'
import type { Fleet } from './start-fleet.ts'

/** The result of a fault, for the table in the README. Faults with the same row are shown together. */
type Fault = ReturnType<Fleet['counts']> & { readonly row: string; readonly seconds: number }

declare module 'vitest' {
  interface TaskMeta {
    fault?: Fault
  }
}

const readme = new URL('../../README.md', import.meta.url)

/**
 * Counts the results from the start of a fault until all calls were answered, and stores them with the test. They must
 * be those of the README, unless its table is about to be written.
 *
 * @param row - the name of the row in the table. If absent, the name of the test.
 */
export async function record(
  { task }: TestContext,
  fleet: Fleet,
  work: () => Promise<unknown>,
  row: string = task.fullTestName.replace(' > ', ' '),
): Promise<void> {
  fleet.resetCounts()
  const startedAt = performance.now()
  await work()
  const counts = fleet.counts()
  task.meta.fault = { ...counts, row, seconds: (performance.now() - startedAt) / 1000 }
  if (process.env['FAULT_TABLE'] === 'write') return
  expect(readRows(readFileSync(readme, 'utf8')).get(row), `the README's row '${row}'`).toBe(resultsOf(counts.outcomes))
}
