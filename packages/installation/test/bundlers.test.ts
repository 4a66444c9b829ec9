import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alone, prepareBundled, stored } from '../bundled.ts'
import { bundleByEsbuild, bundlers } from '../bundlers.ts'
import { emulate } from '../emulate.ts'
import { run } from '../run.ts'

const { createProject, testBundlers } = prepareBundled()

testBundlers(bundlers.filter(({ name }) => name !== 'webpack'))

test('with esbuild without splitting, each program is one file that works alone, with a store and without', async () => {
  const project = createProject('one-file')
  expect(await bundleByEsbuild(project, {})).toEqual([])
  for (const [program, outcomes] of Object.entries({ alone, stored })) {
    const { emulator, settings } = await emulate()
    const bundle = join(project, 'out', `${program}.js`)
    cpSync(bundle, join(project, `${program}.mjs`))
    const env = { SETTINGS: JSON.stringify(settings), BUNDLE: join(project, `${program}.mjs`) }
    const output = await run([process.execPath, join(project, 'run-bundle.ts')], project, project, env)
    expect(JSON.parse(output)).toEqual(outcomes)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
  }
})
