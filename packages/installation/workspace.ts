import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The properties of a package.json that the tests read. */
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

/** Returns the path of a tool that the workspace has installed. */
export const tool = (name: string): string => join(root, 'node_modules/.bin', name)

/** Returns the public packages below a workspace's folder `packages`: the manifest and the folder of each. */
export const publicPackages = (workspace: string = root): { readonly folder: string; readonly manifest: Manifest }[] =>
  globSync('packages/*/package.json', { cwd: workspace })
    .toSorted()
    .map((file) => ({ folder: join(workspace, dirname(file)), manifest: readManifest(join(workspace, file)) }))
    .filter(({ manifest }) => manifest.private !== true)

/** Reads a package.json. */
export const readManifest = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest

/** Returns the entry points of a package that code can import. */
export const entriesOf = ({ name, exports = {} }: Manifest): string[] =>
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1))

/** Returns the packages that a package manager installs together with a package. */
export const requirementsOf = (manifest: Manifest): string[] => [
  ...Object.keys(manifest.dependencies ?? {}),
  ...Object.keys(manifest.peerDependencies ?? {}).filter((name) => !manifest.peerDependenciesMeta?.[name]?.optional),
]
