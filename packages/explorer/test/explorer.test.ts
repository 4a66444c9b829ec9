import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { guards } from '../src/guards.ts'
import { ruleNames } from '../src/invariants.ts'
import { scenarios } from '../src/scenario.ts'
import { formatGuards, page, readProofs } from '../src/page.ts'
import { exploreScenarios, runExplorer } from './run-explorer.ts'

// It only ends a run that hangs: on a machine that is busy with other work, a run takes many minutes.
vi.setConfig({ testTimeout: 3_600_000 })

test.concurrent('with one preemption and no fault, no schedule of any scenario breaks a rule', async () => {
  const names = scenarios.map(({ name }) => name)
  const { text, runs } = await exploreScenarios(names, '--quick')
  expect(runs).toBeGreaterThan(200)
  for (const name of names) expect(text).toContain(`${name}: `)
})

test.concurrent('within the bounds, with faults, no schedule of the shortest scenario breaks a rule', async () => {
  const { runs } = await exploreScenarios(['without a lock, at a server that forgives'])
  expect(runs).toBeGreaterThan(600)
})

test.concurrent('200 random walks of three processes, with up to three faults, break no rule', async () => {
  expect(await runExplorer('--walks', '200', '--seed', '1')).toContain('200 walks')
})

test.concurrent('each guard is needed: without it, a run breaks a rule, and with it, the same run breaks none', async () => {
  const proofs = readProofs()
  expect(proofs.map(({ guard }) => guard)).toEqual(guards.map(({ name }) => name))
  expect(await runExplorer('--proofs', 'check')).toContain(`${guards.length} guards`)
})

test.concurrent('a run can be shown: its steps, how its calls ended, and what it broke', async () => {
  const schedule = JSON.stringify([{ at: 4, what: 'its answer is lost' }])
  const text = await runExplorer('--scenario', 'renewal × renewal', '--schedule', schedule)
  expect(text).toContain('process 0  the token request: its answer is lost')
  expect(text).toContain('at the end:')
})

test('the page names all rules and scenarios, and has the table of the guards', () => {
  // The formatter aligns the columns.
  const text = readFileSync(page, 'utf8').replaceAll(/-{2,}/g, '-').replaceAll(/ {2,}/g, ' ')
  for (const name of [...ruleNames, ...scenarios.map((scenario) => scenario.name)]) expect(text).toContain(name)
  expect(text).toContain(formatGuards(readProofs()))
})
