import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A workspace with small packages. It is inside the repository, so that the types of Node.js are found. */
export let root = ''

/** Writes a file of the workspace. */
export const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** Reads a file of the workspace. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Runs the script, and returns what it printed. */
export const api = (...args: string[]): Promise<string> =>
  promisify(execFile)('node', [join(repository, 'scripts/api.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') },
  }).then(
    ({ stdout }) => stdout,
    ({ code, stderr }: { code: number; stderr: string }) => `exit code ${code}\n${stderr}`,
  )

/** The packages: the types of their entry points `.` and `./plugin`. */
const names = ['one', 'two', 'three', 'four', 'five', 'six']
export const index = 'export type Options = { readonly ms: number }\n'
export const plugin = "import { Options } from './index.js'\nexport declare const options: Options\n"

beforeAll(() => {
  root = mkdtempSync(join(repository, 'docs/generated-'))
  const entry = (file: string) => ({ '@oauthkit/source': `./src/${file}.ts`, types: `./dist/${file}.d.ts` })
  const exports = { '.': entry('index'), './plugin': entry('plugin'), './package.json': './package.json' }
  for (const name of names) {
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@oauthkit/${name}`, version: '1.0.0', exports }))
    write(`packages/${name}/dist/index.d.ts`, index)
    write(`packages/${name}/dist/plugin.d.ts`, plugin)
  }
  write('packages/hidden/package.json', '{ "name": "@oauthkit/hidden", "private": true }')
})

afterAll(() => {
  rmSync(root, { recursive: true })
})
