import { expect, test } from 'vitest'
import { node10, prepareCommonJs } from '../common-js.ts'
import { tool } from '../workspace.ts'

const { testRequire, testTypes, mistakesWith } = prepareCommonJs()

testRequire([['24', tool('node')]])

testTypes([['7', 'typescript']])

test('TypeScript 5.9 finds the types with `node10`, and checks them', async () => {
  expect(await mistakesWith('typescript-5.9', { ...node10, skipLibCheck: false, skipDefaultLibCheck: true })).toBe('')
})

test('only the server of the emulator needs `esnext.disposable`', async () => {
  const options = { module: 'nodenext', lib: ['es2023', 'dom'], skipLibCheck: false, skipDefaultLibCheck: true }
  const errors = (await mistakesWith('typescript', options)).match(/^.+: error TS.+$/gm)
  expect(errors).toEqual([expect.stringMatching(/emulator\/dist\/server\.d\.ts.+asyncDispose/)])
})

test('TypeScript 7 has no `node10` any more', async () => {
  expect(await mistakesWith('typescript', node10)).toContain('error TS5108')
})
