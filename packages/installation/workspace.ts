import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** As much of a package.json as the tests read. */
export type Manifest = {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Record<string, unknown>
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>
}

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** A program of the workspace's own tools. */
export const tool = (name: string): string => join(root, 'node_modules/.bin', name)

/** The manifests below a workspace's folder `packages` that are to be published, and the folder of each. */
export const publicPackages = (workspace: string = root): { readonly folder: string; readonly manifest: Manifest }[] =>
  globSync('packages/*/package.json', { cwd: workspace })
    .toSorted()
    .map((file) => ({ folder: join(workspace, dirname(file)), manifest: readManifest(join(workspace, file)) }))
    .filter(({ manifest }) => manifest.private !== true)

/** Reads a package.json. */
export const readManifest = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest

/** What code may import of a package. */
export const entriesOf = ({ name, exports = {} }: Manifest): string[] =>
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1))

/** What is installed with a package, asked for or not. */
export const requirementsOf = (manifest: Manifest): string[] => [
  ...Object.keys(manifest.dependencies ?? {}),
  ...Object.keys(manifest.peerDependencies ?? {}).filter((name) => !manifest.peerDependenciesMeta?.[name]?.optional),
]
