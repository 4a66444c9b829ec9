// Measures and prints the cost of core: `node --expose-gc packages/core/benchmark/measure.ts`, after a build.
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Core from '../src/index.ts'
import { measureCalls } from './calls.ts'
import { measureImport } from './import-time.ts'
import type { Figure } from './interleave.ts'
import { measureLoopback } from './loopback.ts'
import { measureMemory } from './memory.ts'

/** The folder of the build to measure: the first argument, or else this package's own build. */
const folder = process.argv[2] ?? resolve(import.meta.dirname, '../dist')
const entry = pathToFileURL(resolve(folder, 'index.js')).href
const core = (await import(entry)) as typeof Core

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`)
console.log('\nImport, in ms:')
console.table(measureImport(entry))
console.log('\nMemory:', await measureMemory(core))
for (const [name, figures] of Object.entries(await measureCalls(core))) {
  console.log(`\n${name}: relative to the first line, median and 95 % interval; nanoseconds per call`)
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([variant, { median, from, to, ...more }]) => [
        variant,
        { ...shown({ median, from, to }), ...more },
      ]),
    ),
  )
}
// Last, since it leaves thousands of connections to close.
const { GET, cold } = await measureLoopback(core)
console.log('\nGET over loopback, with a server in another process, relative to the first line:')
console.table(Object.fromEntries(Object.entries(GET).map(([name, { ratio, ns }]) => [name, { ...shown(ratio), ns }])))
console.log(
  '10,000 calls at once without a token, relative to bare ky:',
  shown(cold.ratio),
  'token requests:',
  cold.tokenRequests,
)

function shown({ median, from, to }: Figure) {
  return { median: median.toFixed(3), from: from.toFixed(3), to: to.toFixed(3) }
}
