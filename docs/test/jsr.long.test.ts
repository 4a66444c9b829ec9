import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addPackage, check, root, write } from './jsr-workspace.ts'

test('the check fails if the type of an export is not written down', async () => {
  write('packages/base/src/index.ts', 'export const one = [1].map(Number)[0]\n')
  expect(await check()).toMatch(/^exit code 1\n[^]*missing-explicit-type/)
})

test('the check fails if a package imports another one that it does not declare', async () => {
  addPackage('acme', { version: '4.5.6', dependencies: { '@oauthkit/base': 'workspace:^' } })
  expect(await check()).toMatch(/^exit code 1\n[^]*jose/)
})

test('the check fails if Deno warns of something', async () => {
  symlinkSync('index.ts', join(root, 'packages/base/src/link.ts'))
  expect(await check()).toMatch(/^exit code 1\n[^]*unsupported-file-type/)
})
