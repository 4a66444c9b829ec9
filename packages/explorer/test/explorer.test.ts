import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { guards } from '../src/guards.ts'
import { ruleNames } from '../src/invariants.ts'
import { scenarios } from '../src/scenario.ts'
import { formatGuards, page, readProofs } from '../src/page.ts'

// It only ends a run that hangs: on a machine that is busy with other work, a run takes many minutes.
vi.setConfig({ testTimeout: 3_600_000 })

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs the explorer. It replaces clocks and timers, so it is a process of its own. */
const explore = async (...options: string[]) =>
  (await promisify(execFile)(process.execPath, ['--conditions=@oauthkit/source', main, ...options])).stdout

test.concurrent('within the bounds, no schedule breaks a rule', async () => {
  // One of them takes nearly as long as all others together.
  const names = scenarios.map(({ name }) => name)
  const parts = [names.filter((name) => name.includes('expiry')), names.filter((name) => !name.includes('expiry'))]
  const texts = await Promise.all(parts.map((part) => explore(...part.flatMap((name) => ['--scenario', name]))))
  const runs = texts.map((text) => Number(/^(\d+) runs/m.exec(text)?.[1]))
  expect((runs[0] ?? 0) + (runs[1] ?? 0)).toBeGreaterThan(90_000)
  for (const name of names) expect(texts.join('')).toContain(`${name}: `)
})

test.concurrent('2,000 random walks of three processes, with up to three faults, break no rule', async () => {
  expect(await explore('--walks', '2000', '--seed', '1')).toContain('2000 walks')
})

test.concurrent('each guard is needed: without it, a run breaks a rule, and with it, the same run breaks none', async () => {
  const proofs = readProofs()
  expect(proofs.map(({ guard }) => guard)).toEqual(guards.map(({ name }) => name))
  expect(await explore('--proofs', 'check')).toContain(`${guards.length} guards`)
})

test.concurrent('a run can be shown: its steps, how its calls ended, and what it broke', async () => {
  const schedule = JSON.stringify([{ at: 4, what: 'its answer is lost' }])
  const text = await explore('--scenario', 'renewal × renewal', '--schedule', schedule)
  expect(text).toContain('process 0  the token request: its answer is lost')
  expect(text).toContain('at the end:')
})

test('the page names all rules and scenarios, and has the table of the guards', () => {
  // The formatter aligns the columns.
  const text = readFileSync(page, 'utf8').replaceAll(/-{2,}/g, '-').replaceAll(/ {2,}/g, ' ')
  for (const name of [...ruleNames, ...scenarios.map((scenario) => scenario.name)]) expect(text).toContain(name)
  expect(text).toContain(formatGuards(readProofs()))
})
