// Finds the packages of a workspace that are published.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../', import.meta.url))

/** Returns the public packages of a workspace: each with its folder, its manifest and its entry points. */
export function publicPackages(workspace = repository) {
  return globSync('packages/*/package.json', { cwd: workspace })
    .toSorted()
    .map((file) => ({
      folder: join(workspace, dirname(file)),
      manifest: JSON.parse(readFileSync(join(workspace, file), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.private !== true)
    .map((found) => ({ ...found, entries: entriesOf(found.manifest) }))
}

/** Returns the entry points that code can import: their paths in `exports`, and the files with their source and types. */
const entriesOf = ({ exports }) =>
  Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, target]) => ({ path, source: target['@oauthkit/source'], types: target.types }))
