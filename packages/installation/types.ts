import { cpSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { strictClient } from './clients.ts'
import { install } from './install.ts'
import { run } from './run.ts'
import { entriesOf } from './workspace.ts'

/** The tests of a project that has every package installed. */
export type Types = {
  /** Tests that these versions of TypeScript read all types. */
  readonly testTypes: (versions: readonly (readonly [version: string, packageName: string])[]) => void
  /** Checks files of the project with a version of TypeScript, and returns the errors. */
  readonly mistakesIn: (files: string, typescript: string, options: object) => Promise<string>
}

/** Installs every package in a project, before the tests of a file. */
export function prepareTypes(): Types {
  const published = inject('published')

  /** The folder of a project that has every package installed. */
  let folder = ''

  beforeAll(async () => {
    const place = { registry: inject('registry'), folder: inject('folder') }
    const packages = [...published.map(({ name }) => name), 'ky', 'redis', '@types/node']
    ;({ folder } = await install(strictClient, packages, place))
    cpSync(new URL('consumers/', import.meta.url), folder, { recursive: true })
    const lines = published.flatMap(entriesOf).map((entry, index) => `export * as entry${index} from '${entry}'\n`)
    writeFileSync(join(folder, 'every-entry.ts'), lines.join(''))
  })

  const mistakesIn: Types['mistakesIn'] = async (files, typescript, options) => {
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
  const testTypes: Types['testTypes'] = (versions) => {
    describe.each(versions)('TypeScript %s', (_version, typescript) => {
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
  }

  return { testTypes, mistakesIn }
}
