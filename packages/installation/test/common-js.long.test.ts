import { join } from 'node:path'
import { expect, test } from 'vitest'
import { node10, prepareCommonJs } from '../common-js.ts'
import { root } from '../workspace.ts'

const { testRequire, testTypes, mistakesWith } = prepareCommonJs()

testRequire(
  ['22', '26'].map((version) => [version, join(root, `packages/conformance/node_modules/node-${version}/bin/node`)]),
)

testTypes([
  ['5.9', 'typescript-5.9'],
  ['6', 'typescript-6'],
])

test('TypeScript 6 finds the types with `node10` if it is told to ignore that this is deprecated', async () => {
  expect(await mistakesWith('typescript-6', node10)).toContain('error TS5107')
  expect(await mistakesWith('typescript-6', { ...node10, ignoreDeprecations: '6.0' })).toBe('')
})
