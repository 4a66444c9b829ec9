import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { strictClient } from '../clients.ts'
import { install } from '../install.ts'
import { blocksOf } from '../page.ts'
import { run } from '../run.ts'
import { root, tool } from '../workspace.ts'

const page = 'older-tools.md'
const require = createRequire(import.meta.url)
const jest = require.resolve('jest/bin/jest')
const flag = '--experimental-vm-modules'

const nodeOf = (version: string) =>
  version === '24' ? tool('node') : join(root, `packages/conformance/node_modules/node-${version}/bin/node`)

const [settings = ''] = blocksOf(page, 'Jest', 'json')
const { jest: options, scripts } = JSON.parse(settings) as { jest: object; scripts: { readonly test: string } }
const [moduleTest = ''] = blocksOf(page, 'Jest', 'js')
const [requireTest = '', importTest = ''] = blocksOf(page, 'A CommonJS test', 'js')

/** The folder of a project that has the packages of the page installed. */
let folder = ''

beforeAll(async () => {
  const place = { registry: inject('registry'), folder: inject('folder') }
  ;({ folder } = await install(strictClient, ['@oauthkit/emulator', '@oauthkit/orange', 'ky'], place))
})

let count = 0

/**
 * Runs a test of the page with Jest, in a folder of its own with the settings of the page. Returns all its output.
 *
 * @param manifest - what is in the folder's package.json in addition.
 */
async function runJest(version: string, flags: readonly string[], code: string, manifest: object): Promise<string> {
  count += 1
  const project = join(folder, `jest-${count}`)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, jest: options, ...manifest }))
  writeFileSync(join(project, 'shops.test.js'), code)
  const command = [nodeOf(version), ...flags, jest, '--json', '--no-cache', '--cacheDirectory', join(project, 'cache')]
  return run(command, project, project).catch(({ message }: Error) => message)
}

const passed = '"numFailedTestSuites":0,"numFailedTests":0,"numPassedTestSuites":1,"numPassedTests":1'

const esm = { type: 'module' }

test('the page starts Jest with the flag', () => {
  expect(scripts.test).toBe(`node ${flag} node_modules/jest/bin/jest.js`)
})

describe.each(['22', '24', '26'])('Jest on Node %s', (version) => {
  test('runs a test that is an ES module, with the flag', async () => {
    expect(await runJest(version, [flag], moduleTest, esm)).toContain(passed)
  })

  test('runs a CommonJS test with import(), with the flag', async () => {
    expect(await runJest(version, [flag], importTest, {})).toContain(passed)
  })

  test('does not run a CommonJS test with import() without the flag', async () => {
    const output = await runJest(version, [], importTest, {})
    expect(output).toContain('A dynamic import callback was invoked without --experimental-vm-modules')
  })

  test.each([
    ['an ES module', moduleTest, esm],
    ['a CommonJS test with require', requireTest, {}],
  ])('does not run %s without the flag', async (_what, code, manifest) => {
    expect(await runJest(version, [], code, manifest)).toContain('Must use import to load ES Module')
  })
})

test.each(['24', '26'])('Jest on Node %s runs a CommonJS test with require, with the flag', async (version) => {
  expect(await runJest(version, [flag], requireTest, {})).toContain(passed)
})

test('Jest on Node 22 does not run a CommonJS test with require', async () => {
  expect(await runJest('22', [flag], requireTest, {})).toContain('Must use import to load ES Module')
})
