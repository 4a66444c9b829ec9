import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { strictClient } from '../clients.ts'
import { install } from '../install.ts'
import { blocksOf } from '../page.ts'
import { run } from '../run.ts'
import { entriesOf, root, tool } from '../workspace.ts'

const published = inject('published')

/** The folder of a CommonJS project that has every package installed. */
let folder = ''

beforeAll(async () => {
  const place = { registry: inject('registry'), folder: inject('folder') }
  ;({ folder } = await install(strictClient, [...published.map(({ name }) => name), 'ky', 'redis'], place))
  const lines = published.flatMap(entriesOf).map((entry, index) => `export * as entry${index} from '${entry}'\n`)
  writeFileSync(join(folder, 'every-entry.cts'), lines.join(''))
})

test.each([
  ['22', join(root, 'packages/conformance/node_modules/node-22/bin/node')],
  ['24', tool('node')],
  ['26', join(root, 'packages/conformance/node_modules/node-26/bin/node')],
])('a CommonJS program on Node %s requires the packages', async (_version, node) => {
  const [program = ''] = blocksOf('older-tools.md', 'CommonJS', 'js')
  expect(program).toContain('require(')
  writeFileSync(join(folder, 'main.cjs'), program)
  expect(await run([node, 'main.cjs'], folder, folder)).toBe('200\n')
})

/** Checks a CommonJS file that imports every entry, and returns the errors. */
async function mistakesWith(typescript: string, options: object): Promise<string> {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
    types: [],
    ...options,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['every-entry.cts'] }))
  const tsc = join(dirname(createRequire(import.meta.url).resolve(`${typescript}/package.json`)), 'bin/tsc')
  return run([process.execPath, tsc, '--project', '.'], folder, folder).catch(({ message }: Error) => message)
}

const node10 = { module: 'commonjs', moduleResolution: 'node10' }

describe.each([
  ['5.9', 'typescript-5.9'],
  ['6', 'typescript-6'],
  ['7', 'typescript'],
])('in a CommonJS file, TypeScript %s', (_version, typescript) => {
  test('finds the types with `nodenext`', async () => {
    expect(await mistakesWith(typescript, { module: 'nodenext' })).toBe('')
  })

  test.each(['node16', 'node18'])('reports TS1479 with `%s`', async (module) => {
    expect(await mistakesWith(typescript, { module })).toContain('error TS1479')
  })
})

test('TypeScript 5.9 finds the types with `node10`, and checks them', async () => {
  expect(await mistakesWith('typescript-5.9', { ...node10, skipLibCheck: false, skipDefaultLibCheck: true })).toBe('')
})

test('only the server of the emulator needs `esnext.disposable`', async () => {
  const options = { module: 'nodenext', lib: ['es2023', 'dom'], skipLibCheck: false, skipDefaultLibCheck: true }
  const errors = (await mistakesWith('typescript', options)).match(/^.+: error TS.+$/gm)
  expect(errors).toEqual([expect.stringMatching(/emulator\/dist\/server\.d\.ts.+asyncDispose/)])
})

test('TypeScript 6 finds the types with `node10` if it is told to ignore that this is deprecated', async () => {
  expect(await mistakesWith('typescript-6', node10)).toContain('error TS5107')
  expect(await mistakesWith('typescript-6', { ...node10, ignoreDeprecations: '6.0' })).toBe('')
})

test('TypeScript 7 has no `node10` any more', async () => {
  expect(await mistakesWith('typescript', node10)).toContain('error TS5108')
})
