import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { alone, prepareBundled } from '../bundled.ts'
import { bundlers } from '../bundlers.ts'
import { emulate } from '../emulate.ts'
import { run } from '../run.ts'
import { startWorker } from '../start-worker.ts'

const { createProject, testBundlers } = prepareBundled()

testBundlers(bundlers.filter(({ name }) => name === 'webpack'))

test('with wrangler, a Worker works with a store and without', async () => {
  const project = createProject('wrangler')
  const config = { name: 'w', main: 'worker.ts', compatibility_date: '2026-07-01', send_metrics: false }
  writeFileSync(join(project, 'wrangler.json'), JSON.stringify(config))
  const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')
  const output = await run([process.execPath, wrangler, 'deploy', '--dry-run', '--outdir=out'], project, project)
  expect(output).not.toMatch(/warning|error/i)
  const { emulator, settings } = await emulate()
  const worker = await startWorker(join(project, 'out'), JSON.stringify(settings))
  onTestFinished(worker.close)
  const ask = async (path: string): Promise<unknown> => (await fetch(`${worker.url}/${path}`)).json()
  const counted = (outcomes: readonly object[], count: number) =>
    outcomes.map((outcome) => ({ ...outcome, stored: count }))
  expect([await ask('alone'), await ask('alone')]).toEqual(counted(alone, 0))
  expect([await ask('stored'), await ask('stored')]).toEqual(counted(alone, 1))
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 4 })
})
