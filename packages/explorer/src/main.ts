// Explores the code that shares tokens: `node --conditions=@oauthkit/source packages/explorer/src/main.ts`.
//
// Without options: each scenario within its bounds. It prints what it did, and exits with 1 if a rule was broken.
// `--scenario <name>`, one time or more: these scenarios only.
// `--quick`: with one preemption and no fault only.
// `--walks 1000 --seed 1` plays random walks of three processes instead.
// `--scenario <name> --schedule <JSON>` shows one run.
// `--proofs write` searches a run for each guard that breaks a rule without it, unless one is known, and writes
// `proofs.json` and the table of the page.
// `--proofs check` plays these runs.
import { parseArgs } from 'node:util'
import { boundsOf, quickBounds } from './bounds.ts'
import { explore, type Violation } from './explore.ts'
import { guards } from './guards.ts'
import { readProofs, writeProofs } from './page.ts'
import { scenarios } from './scenario.ts'
import { checkProof, searchProof, type Proof } from './search-guards.ts'
import { showRun } from './show-run.ts'
import { findScenario, walk } from './walk.ts'
import type { Choice } from './choice.ts'

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    schedule: { type: 'string' },
    quick: { type: 'boolean', default: false },
    walks: { type: 'string' },
    seed: { type: 'string', default: '1' },
    proofs: { type: 'string' },
  },
})

const problems: string[] = []
const found = ({ scenario, schedule, wrong }: Violation) =>
  problems.push(`${wrong}\n  --scenario '${scenario}' --schedule '${JSON.stringify(schedule)}'`)

const chosen = values.scenario === undefined ? scenarios : values.scenario.flatMap((name) => findScenario(name) ?? [])
const [first] = chosen
if (!first || chosen.length < (values.scenario ?? []).length)
  throw new Error(
    `there is no scenario "${values.scenario?.join('", "')}": ${scenarios.map(({ name }) => name).join(', ')}`,
  )

if (values.schedule !== undefined) {
  console.log(await showRun(first, JSON.parse(values.schedule) as readonly Choice[]))
} else if (values.walks !== undefined) {
  const count = Number(values.walks)
  const violation = await walk(Number(values.seed), count)
  if (violation) found(violation)
  if (!violation) console.log(`${count} walks from seed ${values.seed}`)
} else if (values.proofs === 'write') {
  const proofs: Proof[] = []
  const known = readProofs()
  for (const guard of guards) {
    const earlier = known.find((one) => one.guard === guard.name)
    const isKept = earlier && (await checkProof(earlier)) === undefined
    const proof = isKept ? earlier : await searchProof(guard)
    if (proof) proofs.push(proof)
    else problems.push(`no run shows that this is missing: ${guard.name}`)
    console.log(`${proof ? proof.wrong : 'not found'} | without: ${guard.name}`)
    // A search takes long, so what is found is kept at once.
    writeProofs(proofs)
  }
} else if (values.proofs === 'check') {
  const proofs = readProofs()
  for (const proof of proofs) problems.push(...[await checkProof(proof)].filter((text) => text !== undefined))
  console.log(`${proofs.length} guards`)
} else {
  const startedAt = performance.now()
  let all = 0
  for (const scenario of chosen) {
    let runs = 0
    let steps = 0
    for (const bounds of values.quick ? quickBounds : boundsOf(scenario)) {
      const done = await explore(scenario, bounds)
      runs += done.runs
      steps += done.steps
      done.violations.forEach(found)
    }
    all += runs
    console.log(`${scenario.name}: ${runs} runs, ${steps} steps`)
  }
  console.log(`${all} runs in ${Math.round((performance.now() - startedAt) / 1000)} s`)
}

for (const problem of problems.slice(0, 20)) console.error(problem)
if (problems.length > 0) {
  console.error(`${problems.length} problems`)
  process.exitCode = 1
}
