import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { strictClient } from './clients.ts'
import { install } from './install.ts'
import { blocksOf } from './page.ts'
import { run } from './run.ts'
import { entriesOf } from './workspace.ts'

/** The options with which older templates find types. */
export const node10 = { module: 'commonjs', moduleResolution: 'node10' }

/** The tests of a CommonJS project that has every package installed. */
export type CommonJs = {
  /** Tests that a program requires the packages on these versions of Node. */
  readonly testRequire: (nodes: readonly (readonly [version: string, program: string])[]) => void
  /** Tests how these versions of TypeScript find the types in a CommonJS file. */
  readonly testTypes: (versions: readonly (readonly [version: string, packageName: string])[]) => void
  /** Checks a CommonJS file that imports every entry, and returns the errors. */
  readonly mistakesWith: (typescript: string, options: object) => Promise<string>
}

/** Installs every package in a CommonJS project, before the tests of a file. */
export function prepareCommonJs(): CommonJs {
  const published = inject('published')

  /** The folder of a CommonJS project that has every package installed. */
  let folder = ''

  beforeAll(async () => {
    const place = { registry: inject('registry'), folder: inject('folder') }
    ;({ folder } = await install(strictClient, [...published.map(({ name }) => name), 'ky', 'redis'], place))
    const lines = published.flatMap(entriesOf).map((entry, index) => `export * as entry${index} from '${entry}'\n`)
    writeFileSync(join(folder, 'every-entry.cts'), lines.join(''))
  })

  const testRequire: CommonJs['testRequire'] = (nodes) => {
    test.each(nodes)('a CommonJS program on Node %s requires the packages', async (_version, node) => {
      const [program = ''] = blocksOf('older-tools.md', 'CommonJS', 'js')
      expect(program).toContain('require(')
      writeFileSync(join(folder, 'main.cjs'), program)
      expect(await run([node, 'main.cjs'], folder, folder)).toBe('200\n')
    })
  }

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

  const testTypes: CommonJs['testTypes'] = (versions) => {
    describe.each(versions)('in a CommonJS file, TypeScript %s', (_version, typescript) => {
      test('finds the types with `nodenext`', async () => {
        expect(await mistakesWith(typescript, { module: 'nodenext' })).toBe('')
      })

      test.each(['node16', 'node18'])('reports TS1479 with `%s`', async (module) => {
        expect(await mistakesWith(typescript, { module })).toContain('error TS1479')
      })
    })
  }

  return { testRequire, testTypes, mistakesWith }
}
