import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest, requirementsOf, type Manifest } from './workspace.ts'

/** A package on disk. */
export type Installed = { readonly folder: string; readonly manifest: Manifest; readonly bytes: number }

/** Finds every package below a folder, in any layout that a client uses. It does not follow links. */
export function installedIn(folder: string): Installed[] {
  const file = join(folder, 'package.json')
  const manifest = existsSync(file) ? readManifest(file) : undefined
  if (manifest?.name === undefined || manifest.version === undefined)
    return foldersIn(folder).flatMap((name) => installedIn(join(folder, name)))
  const nested = join(folder, 'node_modules')
  return [{ folder, manifest, bytes: bytesIn(folder) }, ...(existsSync(nested) ? installedIn(nested) : [])]
}

/** Returns the names of these packages and of all packages that they require, as the installed ones declare them. */
export function closureOf(names: readonly string[], installed: readonly Installed[]): string[] {
  const manifests = new Map(installed.map(({ manifest }) => [manifest.name, manifest]))
  const closure = new Set(names)
  // The loop also visits the names that it adds to the set.
  for (const name of closure) {
    const manifest = manifests.get(name)
    for (const requirement of manifest ? requirementsOf(manifest) : []) closure.add(requirement)
  }
  return [...closure].toSorted()
}

/**
 * Returns the packages that a package's code and types import, statically or dynamically. The examples in its comments
 * import others.
 */
export function importsOf(folder: string): string[] {
  const files = globSync('dist/**/*.{js,d.ts}', { cwd: folder })
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').replaceAll(/\/\*\*.*?\*\//gs, '')
  const code = files.map(read).join('\n')
  const names = [...code.matchAll(/\b(?:from|import)\b *\(? *["']((?:@[^/"']+\/)?[^./"'][^/"']*)/g)].map(
    ([, name = '']) => name,
  )
  return [...new Set(names)].filter((name) => !name.startsWith('node:')).toSorted()
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

/** Returns the size of a package in bytes, without the packages that are nested in it. */
const bytesIn = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => (entry.isDirectory() ? bytesIn(join(folder, entry.name)) : statSync(join(folder, entry.name)).size))
    .reduce((sum, bytes) => sum + bytes, 0)
