import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

type Manifest = {
  readonly name: string
  readonly private?: boolean
  readonly description: string
  readonly keywords: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly '@oauthkit/source': string }>>
}

/** The groups of packages, in the order of the sidebar. */
export const groups = ['Packages', 'Providers', 'Token stores'] as const

type Group = (typeof groups)[number]

/** The group of a package. A keyword of its `package.json` decides. */
export function groupOf(keywords: readonly string[]): Group {
  if (keywords.includes('oauth-provider')) return 'Providers'
  return keywords.includes('token-store') ? 'Token stores' : 'Packages'
}

/** A package that users install. */
export type PublicPackage = {
  /** Its name on npm, such as `@oauthkit/core`. */
  readonly name: string
  /** Its folder from the root, such as `packages/core`. */
  readonly folder: string
  /** One line that says what it is. */
  readonly description: string
  /** Where the site lists it. */
  readonly group: Group
  /** The names of the packages that it depends on. */
  readonly dependencies: readonly string[]
  /** The source file of each entry point, by the name that users import, such as `@oauthkit/core/plugin`. */
  readonly entryPoints: ReadonlyMap<string, string>
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(root + file, 'utf8'))

/** The repository's own manifest: where the repository and the site are. */
const { repository, homepage } = readJson('package.json') as {
  readonly repository: { readonly url: string }
  readonly homepage: string
}

/** The repository's page, without a slash at its end. */
export const repositoryUrl = repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

/** The site's address, with a slash at its end. */
export const siteUrl = new URL(homepage)

const manifests = globSync('packages/*/package.json', { cwd: root }).map((file) => ({
  folder: dirname(file),
  manifest: readJson(file) as Manifest,
}))

/** The folders of the packages that users do not install, such as `packages/conformance`. */
export const privateFolders: readonly string[] = manifests
  .filter(({ manifest }) => manifest.private)
  .map(({ folder }) => folder)

/** All packages that users install. Core is the first, and the others follow by name. */
export const publicPackages: readonly PublicPackage[] = manifests
  .filter(({ manifest }) => !manifest.private)
  .map(({ folder, manifest: { name, description, keywords, dependencies = {}, exports } }) => ({
    name,
    folder,
    description,
    group: groupOf(keywords),
    dependencies: Object.keys(dependencies),
    entryPoints: new Map(
      Object.entries(exports).flatMap(([entry, target]) =>
        typeof target === 'string'
          ? []
          : [[name + entry.slice(1), `${folder}/${target['@oauthkit/source'].slice(2)}`] as const],
      ),
    ),
  }))
  .toSorted((one, other) => rankOf(one) - rankOf(other) || one.name.localeCompare(other.name))

function rankOf({ name }: PublicPackage): number {
  return name === '@oauthkit/core' ? 0 : 1
}
