import { expect, test, vi } from 'vitest'
import { scenarios } from '../src/scenario.ts'
import { exploreScenarios, runExplorer } from './run-explorer.ts'

// It only ends a run that hangs: on a machine that is busy with other work, a run takes many minutes.
vi.setConfig({ testTimeout: 3_600_000 })

test.concurrent('within the bounds, no schedule breaks a rule', async () => {
  // One of them takes nearly as long as all others together.
  const names = scenarios.map(({ name }) => name)
  const parts = [names.filter((name) => name.includes('expiry')), names.filter((name) => !name.includes('expiry'))]
  const [one, other] = await Promise.all(parts.map((part) => exploreScenarios(part)))
  expect((one?.runs ?? 0) + (other?.runs ?? 0)).toBeGreaterThan(90_000)
  for (const name of names) expect(`${one?.text}${other?.text}`).toContain(`${name}: `)
})

test.concurrent('2,000 random walks of three processes, with up to three faults, break no rule', async () => {
  expect(await runExplorer('--walks', '2000', '--seed', '1')).toContain('2000 walks')
})
