import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { strictClient } from './clients.ts'
import { install } from './install.ts'
import { blocksOf } from './page.ts'
import { run } from './run.ts'
import { root, tool } from './workspace.ts'

const page = 'older-tools.md'
const require = createRequire(import.meta.url)
const jest = require.resolve('jest/bin/jest')
/** The flag with which Node lets Jest load ES modules. */
export const flag = '--experimental-vm-modules'

const nodeOf = (version: string) =>
  version === '24' ? tool('node') : join(root, `packages/conformance/node_modules/node-${version}/bin/node`)

const [settings = ''] = blocksOf(page, 'Jest', 'json')
const { jest: options } = JSON.parse(settings) as { jest: object }
const [moduleTest = ''] = blocksOf(page, 'Jest', 'js')
const [requireTest = '', importTest = ''] = blocksOf(page, 'A CommonJS test', 'js')

/** Tests what the page says about Jest, on these versions of Node. */
export function testJest(versions: readonly string[]): void {
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
    const command = [
      nodeOf(version),
      ...flags,
      jest,
      '--json',
      '--no-cache',
      '--cacheDirectory',
      join(project, 'cache'),
    ]
    return run(command, project, project).catch(({ message }: Error) => message)
  }

  const passed = '"numFailedTestSuites":0,"numFailedTests":0,"numPassedTestSuites":1,"numPassedTests":1'

  const esm = { type: 'module' }

  describe.each(versions)('Jest on Node %s', (version) => {
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

    test('runs a CommonJS test with require, with the flag, but not on Node 22', async () => {
      const expected = version === '22' ? 'Must use import to load ES Module' : passed
      expect(await runJest(version, [flag], requireTest, {})).toContain(expected)
    })
  })
}
