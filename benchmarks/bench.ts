// Measures oauthkit and its peers: `npx -y pnpm@12 bench`. It writes the page of the site and its plots.
// `--quick` runs everything with a few rounds, as a check of this program, and writes nothing.
// `--only <id>` runs one scenario, prints its tables, and writes nothing.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Result, Scenario } from './measure/result.ts'
import { peers } from './peers/all.ts'
import { formatTable } from './report/format.ts'
import { plotName, writePage, type Environment, type Results } from './report/page.ts'
import { drawPlot } from './report/plot.ts'
import { callsInProcess } from './scenarios/calls-in-process.ts'
import { callsOverLoopback } from './scenarios/calls-over-loopback.ts'
import { coldCalls } from './scenarios/cold-calls.ts'
import { expiry } from './scenarios/expiry.ts'
import { fleet } from './scenarios/fleet.ts'
import { outage } from './scenarios/outage.ts'
import { refusals } from './scenarios/refusals.ts'
import { signIns } from './scenarios/sign-ins.ts'
import { size } from './scenarios/size.ts'
import { tenants } from './scenarios/tenants.ts'

const scenarios: readonly Scenario[] = [
  callsInProcess,
  callsOverLoopback,
  coldCalls,
  expiry,
  outage,
  refusals,
  size,
  tenants,
  fleet,
  signIns,
]

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } })
const { quick, only } = values

const chosen = scenarios.filter(({ id }) => only === undefined || id === only)
if (chosen.length === 0) {
  console.error(`no scenario has the name ${only}: they are ${scenarios.map(({ id }) => id).join(', ')}`)
  process.exit(2)
}

const results: Result[] = []
for (const { id, run } of chosen) {
  const start = performance.now()
  const result = await run(quick)
  for (const { title, rows } of result.tables) {
    if (rows.length === 0 || rows.flat().some((cell) => Number.isNaN(typeof cell === 'object' ? cell?.median : cell))) {
      throw new Error(`${id}: the table "${title}" is empty, or not complete`)
    }
  }
  results.push(result)
  console.log(`${id}: ${Math.round((performance.now() - start) / 1000)} s`)
}

if (only !== undefined) {
  for (const table of results.flatMap(({ tables }) => tables)) console.log(`\n${table.title}\n\n${formatTable(table)}`)
} else if (!quick) write({ environment: describeEnvironment(), results })

function describeEnvironment(): Environment {
  const names = new Set([
    'ky',
    '@oauthkit/core',
    '@oauthkit/login',
    '@oauthkit/redis',
    ...peers.flatMap(({ packages }) => packages),
  ])
  const versionOf = (name: string) => {
    const manifest = readFileSync(join(import.meta.dirname, 'node_modules', name, 'package.json'), 'utf8')
    return (JSON.parse(manifest) as { version: string }).version
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    processors: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    versions: Object.fromEntries([...names].toSorted().map((name) => [name, versionOf(name)])),
  }
}

/** Writes the results, the page of the site, and its plots. */
function write(all: Results) {
  const docs = join(import.meta.dirname, '../docs')
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(all, undefined, 2)}\n`)
  writeFileSync(join(docs, 'performance.md'), writePage(all))
  rmSync(join(docs, 'plots'), { recursive: true, force: true })
  mkdirSync(join(docs, 'plots'))
  for (const result of all.results) {
    for (const table of result.tables) {
      if (table.plot !== undefined) writeFileSync(join(docs, 'plots', plotName(result, table)), drawPlot(table))
    }
  }
  execFileSync('oxfmt', ['benchmarks/results.json', 'docs/performance.md'], { cwd: join(docs, '..') })
}
