// A process that does one job, and then ends.
import { once } from 'node:events'
import type { Job } from './own-process.ts'

const [job] = (await once(process, 'message')) as [Job]
try {
  const exported = (await import(job.module)) as Record<string, (input: unknown) => Promise<unknown>>
  const output = await exported[job.name]?.(job.input)
  process.send?.({ output }, undefined, undefined, () => process.exit())
} catch (error) {
  process.send?.({ error: String(error instanceof Error ? error.stack : error) }, undefined, undefined, () =>
    process.exit(1),
  )
}
