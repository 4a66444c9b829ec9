import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect } from 'vitest'

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/**
 * A copy of the repository's files that the script reads.
 *
 * It is inside the repository, so that its programs find `@oauthkit/core`, `ky` and the tools.
 */
export let root = ''

beforeEach(() => {
  root = mkdtempSync(join(repository, 'docs/generated-'))
  for (const file of [
    '.oxfmtrc.json',
    '.oxlintrc.json',
    '.size-limit.json',
    'CONTRIBUTING.md',
    'README.md',
    'config',
    'docs/package.json',
    'packages/core/package.json',
    'vitest.config.ts',
  ]) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    cpSync(join(repository, file), join(root, file), { recursive: true })
  }
  // Git ignores this folder, and the formatter and the linter skip ignored files. They look only inside one repository,
  // so the copy is a separate repository.
  mkdirSync(join(root, '.git'))
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

/** Returns the text of a file of the copy. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Returns the text of every file of the copy, by path. */
export const snapshot = (): Record<string, string> => {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted()
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')]))
}

/** Runs the script in the copy. */
export const newProvider = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run('node', [join(repository, 'scripts/new-provider.mjs'), ...args], { cwd: root })

/** Returns what the script prints when it fails. */
export const refusalOf = (...args: string[]): Promise<string> =>
  newProvider(...args).then(
    () => 'none',
    ({ stderr }: { stderr: string }) => stderr,
  )

/** Runs a program and returns its output. Fails with that output if the program fails. */
async function expectContent(program: string, args: string[], folder: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|REPORT$)/.test(name)))
  const options = { cwd: folder, env, timeout: 280_000, killSignal: 'SIGKILL' as const }
  const outcome = await run(program, args, options).then(
    ({ stdout }) => ({ stdout }),
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ stdout, failed: `${stdout}\n${stderr}` }),
  )
  expect(outcome).not.toHaveProperty('failed')
  return outcome.stdout
}

const tool = (name: string): string => join(repository, 'node_modules/.bin', name)

/** Runs the tests of the copy, which are those of the new package, on the runtime of this test. */
export async function expectTestsToPass(atLeast: number): Promise<void> {
  const vitest = [join(repository, 'node_modules/vitest/vitest.mjs'), 'run']
  const report = ['--reporter=default', '--reporter=json', '--outputFile=report.json']
  // The root's scripts use the same flags.
  if ('Deno' in globalThis) vitest.unshift('run', '-A')
  else if (process.versions['bun']) {
    vitest.unshift('--bun')
    vitest.push('--pool=threads')
  }
  await expectContent(process.execPath, [...vitest, ...report], root)
  const { numPassedTests } = JSON.parse(read('report.json')) as Record<string, unknown>
  expect(numPassedTests).toBeGreaterThanOrEqual(atLeast)
}

/** Copies the examples of the package's README into its tests, which compile and run them. */
function extractExamples(folder: string, environment: readonly string[]): void {
  const blocks = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)]
  for (const [index, [, code = '']] of blocks.entries()) writeFileSync(join(folder, `test/readme-${index}.ts`), code)
  writeFileSync(
    join(folder, 'test/readme.test.ts'),
    `import { expect, test } from 'vitest'

test.each(${JSON.stringify(blocks.map((_, index) => index))})('example %i runs', async (index) => {
  for (const variable of ${JSON.stringify(environment)}) process.env[variable] = 'set'
  await expect(import(\`./readme-\${index}.ts\`)).resolves.toBeDefined()
})
`,
  )
}

/** A package to make: its name, what the names of its variables begin with, and the options of the script. */
export type NewPackage = { readonly name: string; readonly prefix: string; readonly args: readonly string[] }

/** Makes a package, and checks that all tools accept it unchanged. */
export async function expectFinePackage({ name, prefix, args }: NewPackage): Promise<void> {
  await newProvider(name, ...args)
  const folder = join(root, 'packages', name)
  // The number of files proves that the tools read the package.
  expect(await expectContent(tool('oxfmt'), ['--check', `packages/${name}`], root)).toMatch(/on 7 files/)
  expect(await expectContent(tool('oxlint'), ['--type-aware', `packages/${name}`], root)).toMatch(/on 4 files/)
  extractExamples(folder, [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`])
  await expectContent(tool('tsc'), ['--noEmit', '-p', '.'], folder)
  await expectTestsToPass(20)
}

/** Checks that the script refuses arguments with a message, and writes nothing. */
export async function expectRefusal(_what: string, args: readonly string[], message: string): Promise<void> {
  const before = snapshot()
  const refusal = await refusalOf(...args)
  expect(refusal).toContain(message)
  expect(refusal).toContain('Nothing was written')
  expect(snapshot()).toEqual(before)
}
