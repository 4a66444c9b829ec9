// Finds the packages that are published. The scripts work on the workspace in the current folder.
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Returns the public packages: each with its folder, its manifest and its entry points. */
export function publicPackages() {
  return globSync('packages/*/package.json')
    .toSorted()
    .map((file) => ({ folder: dirname(file), manifest: JSON.parse(readFileSync(file, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map((found) => ({ ...found, entries: entriesOf(found.manifest) }))
}

/** Returns the entry points that code can import: their paths in `exports`, and the files with their source and types. */
const entriesOf = ({ exports }) =>
  Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, target]) => ({ path, source: target['@oauthkit/source'], types: target.types }))
