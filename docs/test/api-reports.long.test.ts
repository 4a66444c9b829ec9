import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A workspace with small packages. It is inside the repository, so that the types of Node.js are found. */
let root = ''

/** What the script printed: when it wrote the reports, then for the same types, then for types with mistakes. */
let written = ''
let same = ''
let changed = ''

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const api = (...args: string[]): Promise<string> =>
  promisify(execFile)('node', [join(repository, 'scripts/api.mjs'), ...args], { cwd: root }).then(
    ({ stdout }) => stdout,
    ({ code, stderr }: { code: number; stderr: string }) => `exit code ${code}\n${stderr}`,
  )

/** The packages: the types of their entry points `.` and `./plugin`. */
const names = ['one', 'two', 'three', 'four', 'five', 'six']
const index = 'export type Options = { readonly ms: number }\n'
const plugin = "import { Options } from './index.js'\nexport declare const options: Options\n"

beforeAll(async () => {
  root = mkdtempSync(join(repository, 'docs/generated-'))
  const entry = (file: string) => ({ '@oauthkit/source': `./src/${file}.ts`, types: `./dist/${file}.d.ts` })
  const exports = { '.': entry('index'), './plugin': entry('plugin'), './package.json': './package.json' }
  for (const name of names) {
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@oauthkit/${name}`, version: '1.0.0', exports }))
    write(`packages/${name}/dist/index.d.ts`, index)
    write(`packages/${name}/dist/plugin.d.ts`, plugin)
  }
  write('packages/hidden/package.json', '{ "name": "@oauthkit/hidden", "private": true }')
  written = await api()
  same = await api('--check')

  write('packages/one/dist/index.d.ts', 'export type Options = { readonly ms: string }\n')
  write('packages/two/dist/plugin.d.ts', `${plugin}export declare const added: 1\n`)
  write('packages/three/dist/plugin.d.ts', 'export {}\n')
  // Without the last line, every declaration of the file would be exported.
  write('packages/four/dist/index.d.ts', `type Hidden = 1\n${index}export declare const hidden: Hidden\nexport {}\n`)
  write('packages/five/api/five-old.api.md', '')
  rmSync(join(root, 'packages/six/api/six.api.md'))
  changed = await api('--check')
})

afterAll(() => {
  rmSync(root, { recursive: true })
})

test('each entry point of a public package has a report of its exports', () => {
  expect(written).toBe('12 API reports are right\n')
  expect(read('packages/one/api/one.api.md')).toContain('export type Options = { readonly ms: number }')
  expect(read('packages/one/api/one-plugin.api.md')).toContain('export const options: Options;')
})

test('the check succeeds while no exported type changes', () => {
  expect(same).toBe('12 API reports are right\n')
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
