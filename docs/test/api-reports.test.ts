import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { api, index, plugin, read, root, write } from './api-workspace.ts'

/** What the script printed: when it wrote the reports, then for types with mistakes. */
let written = ''
let changed = ''

beforeAll(async () => {
  written = await api()
  write('packages/one/dist/index.d.ts', 'export type Options = { readonly ms: string }\n')
  write('packages/two/dist/plugin.d.ts', `${plugin}export declare const added: 1\n`)
  write('packages/three/dist/plugin.d.ts', 'export {}\n')
  // Without the last line, every declaration of the file would be exported.
  write('packages/four/dist/index.d.ts', `type Hidden = 1\n${index}export declare const hidden: Hidden\nexport {}\n`)
  write('packages/five/api/five-old.api.md', '')
  rmSync(join(root, 'packages/six/api/six.api.md'))
  changed = await api('--check')
})

test('each entry point of a public package has a report of its exports', () => {
  expect(written).toBe('12 API reports are right\n')
  expect(read('packages/one/api/one.api.md')).toContain('export type Options = { readonly ms: number }')
  expect(read('packages/one/api/one-plugin.api.md')).toContain('export const options: Options;')
})

test.each([
  ['an exported type that changed', 'packages/one/api/one.api.md'],
  ['an export that is new', 'packages/two/api/two-plugin.api.md'],
  ['an export that is gone', 'packages/three/api/three-plugin.api.md'],
  ['a report that nothing makes', 'packages/five/api/five-old.api.md'],
  ['a report that is missing', 'packages/six/api/six.api.md'],
])('the check fails on %s, and names the command that writes the reports', (_name, file) => {
  expect(changed).toContain(`${file} differs from the types: run npx -y pnpm@12 run api, and commit it\n`)
})

test('the check fails on a type that users cannot import from any entry point', () => {
  expect(changed).toMatch(
    /^exit code 1\nfour: The symbol "Hidden" needs to be exported by the entry point index.d.ts\n/,
  )
})

test('the check names nothing else', () => {
  expect(changed.trim().split('\n')).toHaveLength(8)
})
