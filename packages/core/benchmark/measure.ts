// Measures what core costs, and prints it: `node --expose-gc packages/core/benchmark/measure.ts`, after a build.
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Core from '../src/index.ts'
import { measureCalls } from './calls.ts'
import { measureColdCalls } from './cold-calls.ts'
import { measureImport } from './import-time.ts'
import { measureMemory } from './memory.ts'

/** The build to measure: another one's folder may be given. */
const folder = process.argv[2] ?? resolve(import.meta.dirname, '../dist')
const entry = pathToFileURL(resolve(folder, 'index.js')).href
const core = (await import(entry)) as typeof Core

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`)
console.log('\nImport, in ms:')
console.table(measureImport(entry))
console.log('\nMemory:', await measureMemory(core))
console.log('\n10,000 cold calls at once:', await measureColdCalls(core))
for (const [name, figures] of Object.entries(await measureCalls(core))) {
  console.log(`\n${name}: over the first line, median and 95 % interval; nanoseconds a call`)
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([variant, { median, from, to, ...more }]) => [
        variant,
        { median: median.toFixed(3), from: from.toFixed(3), to: to.toFixed(3), ...more },
      ]),
    ),
  )
}
