import { cpSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, inject } from 'vitest'
import { strictClient } from './clients.ts'
import { install } from './install.ts'
import { run } from './run.ts'
import { entriesOf } from './workspace.ts'

/** Checks files with a version of TypeScript, and returns the errors. */
export type Check = (files: string, typescript: string, options: object) => Promise<string>

/** Installs every package in a project, before the tests of a file. Returns a function that checks files of the project. */
export function prepareTypes(): Check {
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

  return async (files, typescript, options) => {
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
}
