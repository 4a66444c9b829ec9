import { cpSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { strictClient } from '../clients.ts'
import { install } from '../install.ts'
import { run } from '../run.ts'
import { entriesOf } from '../workspace.ts'

const published = inject('published')

/** The folder of a project that has every package installed. */
let folder = ''

beforeAll(async () => {
  const place = { registry: inject('registry'), folder: inject('folder') }
  const packages = [...published.map(({ name }) => name), 'ky', 'redis', '@types/node']
  ;({ folder } = await install(strictClient, packages, place))
  cpSync(new URL('../consumers/', import.meta.url), folder, { recursive: true })
  const lines = published.flatMap(entriesOf).map((entry, index) => `export * as entry${index} from '${entry}'\n`)
  writeFileSync(join(folder, 'every-entry.ts'), lines.join(''))
})

/** Checks files of the project with a version of TypeScript, and returns the errors. */
async function mistakesIn(files: string, typescript: string, options: object): Promise<string> {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    // Check all declarations except those of TypeScript itself.
    skipDefaultLibCheck: true,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
    types: [],
    ...options,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: [files] }))
  const tsc = join(dirname(createRequire(import.meta.url).resolve(`${typescript}/package.json`)), 'bin/tsc')
  return run([process.execPath, tsc, '--project', '.'], folder, folder).catch(({ message }: Error) => message)
}

test('TypeScript 5.9 finds the types of every entry with the settings of old templates: commonjs and node10', async () => {
  const options = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true }
  expect(await mistakesIn('every-entry.ts', 'typescript-5.9', options)).toBe('')
})

describe.each([
  ['5.9', 'typescript-5.9'],
  ['6', 'typescript-6'],
  ['7', 'typescript'],
])('TypeScript %s', (_version, typescript) => {
  test.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'preserve'],
  ])('resolves and reads all types under %s, without the types of a runtime', async (moduleResolution, module) => {
    expect(await mistakesIn('*.ts', typescript, { moduleResolution, module })).toBe('')
  })

  test('reads them together with packages that need the types of Node', async () => {
    // Skip the declarations of other packages: they are many, and not ours to fix.
    const options = { module: 'nodenext', skipLibCheck: true }
    expect(await mistakesIn('node/*.ts', typescript, options)).toBe('')
  })
})
