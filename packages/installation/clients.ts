import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tool } from './workspace.ts'

/** A package manager, and the runtime on which its users run programs. */
export type Client = {
  readonly name: 'npm' | 'pnpm' | 'Bun' | 'Deno'
  /** Turns an empty folder into a project that installs from a registry. */
  readonly prepare: (folder: string, registry: string) => void
  /** Returns the command that installs packages. */
  readonly install: (packages: readonly string[]) => string[]
  /** Returns the command that runs a program. */
  readonly run: (program: string) => string[]
  /** Returns the folder of the installed packages, in the project's folder or in its home. */
  readonly packagesIn: (folder: string, home: string) => string
}

const node = tool('node')

const writeProject = (folder: string, registry: string): void => {
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n`)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
}

const nodeModules = (folder: string): string => join(folder, 'node_modules')

const pnpm: Client = {
  name: 'pnpm',
  prepare: writeProject,
  install: (packages) => [tool('pnpm'), 'add', ...packages],
  run: (program) => [node, program],
  packagesIn: nodeModules,
}

/** A client with which a package finds only the packages that it declares. */
export const strictClient: Client = {
  ...pnpm,
  prepare: (folder, registry) => {
    pnpm.prepare(folder, registry)
    writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'hoist: false\n')
  },
}

/** All four clients, with their own defaults. */
export const clients: readonly Client[] = [
  {
    name: 'npm',
    prepare: writeProject,
    install: (packages) => ['npm', 'install', '--no-audit', '--no-fund', '--no-update-notifier', ...packages],
    run: (program) => [node, program],
    packagesIn: nodeModules,
  },
  pnpm,
  {
    name: 'Bun',
    prepare: writeProject,
    install: (packages) => [tool('bun'), 'add', ...packages],
    run: (program) => [tool('bun'), program],
    packagesIn: nodeModules,
  },
  {
    name: 'Deno',
    prepare: (folder, registry) => {
      writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n`)
      // Otherwise Deno would refuse packages that were published today.
      writeFileSync(join(folder, 'deno.json'), '{ "minimumDependencyAge": 0 }\n')
    },
    install: (packages) => [tool('deno'), 'add', ...packages.map((name) => `npm:${name}`)],
    run: (program) => [tool('deno'), 'run', '--allow-all', program],
    packagesIn: (_folder, home) => join(home, '.cache/deno/npm'),
  },
]
