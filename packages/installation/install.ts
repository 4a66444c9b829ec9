import { cpSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from './clients.ts'
import { installedIn, type Installed } from './installed.ts'
import { run } from './run.ts'

/** A project with packages that a client installed. */
export type Installation = {
  readonly folder: string
  /** The packages on disk after the installation. */
  readonly installed: readonly Installed[]
  /** Installs more packages, or other versions, in the same project. Returns the packages that are then on disk. */
  readonly add: (packages: readonly string[]) => Promise<readonly Installed[]>
  /** How long the client took. */
  readonly seconds: number
  /** Runs a program in the project, with these environment variables, and returns what it printed. */
  readonly run: (program: string, env?: Record<string, string>) => Promise<string>
}

/** Installs packages with a client, in a new project below `folder`, with empty caches. */
export async function install(
  client: Client,
  packages: readonly string[],
  { registry, folder }: { readonly registry: string; readonly folder: string },
): Promise<Installation> {
  const top = mkdtempSync(join(folder, `${client.name}-`))
  const [project, home] = [join(top, 'project'), join(top, 'home')]
  mkdirSync(project)
  mkdirSync(home)
  client.prepare(project, registry)
  const add = async (names: readonly string[]) => {
    await run(client.install(names), project, home)
    return installedIn(client.packagesIn(project, home))
  }
  const start = performance.now()
  const installed = await add(packages)
  const seconds = (performance.now() - start) / 1000
  return {
    folder: project,
    installed,
    add,
    seconds,
    run: (program, env) => run(client.run(program), project, home, env),
  }
}

/** Copies a program of this package into a project. */
export const copyProgram = (name: string, { folder }: Installation): void =>
  cpSync(new URL(`programs/${name}`, import.meta.url), join(folder, name))

/** Copies all programs of a folder of this package into a project. */
export const copyPrograms = (name: string, { folder }: Pick<Installation, 'folder'>): void =>
  cpSync(new URL(`programs/${name}/`, import.meta.url), folder, { recursive: true })
