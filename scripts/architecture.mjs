// Draws, in CONTRIBUTING.md, how the packages and the folders of core depend on each other. The picture is made from the
// manifests and the imports. With --check, it only compares. Folders of core that import each other are an error.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const read = (file) => readFileSync(file, 'utf8')
const core = 'packages/core/src/'

const small = 'small functions'

/** Files of core that lie in no folder, by what CONTRIBUTING.md calls them. */
const groups = {
  vocabulary: ['token', 'provider', 'grant', 'store', 'errors', 'events', 'invalid-reason'],
  'loaded-later': [
    'load-later',
    'loaded-later',
    'loaded-after-failure',
    'loaded-after-rejection',
    'load-after-rejection',
  ],
  index: ['index'],
}

function roomOf(file) {
  const path = file.slice(core.length, -'.ts'.length)
  if (path.includes('/')) return path.split('/')[0]
  return Object.keys(groups).find((name) => groups[name].includes(path)) ?? small
}

/** The folders of core that each folder imports. */
const rooms = new Map()
for (const file of globSync(`${core}**/*.ts`).toSorted()) {
  const imports = rooms.get(roomOf(file)) ?? rooms.set(roomOf(file), new Set()).get(roomOf(file))
  for (const [, target] of read(file).matchAll(/\bfrom '(\.[^']+)'/g)) {
    const room = roomOf(posix.join(dirname(file), target))
    if (room !== roomOf(file)) imports.add(room)
  }
}
/** The folders that load the later part with `import()`. */
const loaders = [...rooms.keys()].filter((room) => rooms.get(room).delete('loaded-later'))

/** The packages that each published package needs. */
const packages = new Map()
for (const file of globSync('packages/*/package.json').toSorted()) {
  const { private: isPrivate, name, dependencies = {} } = JSON.parse(read(file))
  const own = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@oauthkit/'))
  if (!isPrivate)
    packages.set(name.slice('@oauthkit/'.length), new Set(own.map((one) => one.slice('@oauthkit/'.length))))
}

/** Leaves out what another arrow shows already: if a needs b and b needs c, a's arrow to c says nothing new. */
function reduce(graph) {
  const reached = (from, seen = new Set()) => {
    for (const next of graph.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next))
    return seen
  }
  for (const name of graph.keys()) {
    if (reached(name).has(name)) throw new Error(`${name} imports itself through ${[...reached(name)].join(', ')}`)
  }
  return new Map(
    Array.from(graph, ([name, targets]) => [
      name,
      [...targets].filter((target) => ![...targets].some((other) => other !== target && reached(other).has(target))),
    ]),
  )
}

const id = (name) => name.replaceAll(/\W/g, '_')
const arrows = (graph, label) =>
  Array.from(reduce(graph), ([name, targets]) => [
    `    ${id(name)}["${label(name)}"]`,
    ...targets.map((target) => `    ${id(name)} --> ${id(target)}`),
  ]).flat()

const chart = [
  '```mermaid',
  'flowchart TD',
  ...arrows(packages, (name) => `@oauthkit/${name}`).map((line) => line.slice(2)),
  '  subgraph inside["inside @oauthkit/core"]',
  ...arrows(rooms, (name) => (name in groups || name === small ? name : `${name}/`)),
  ...loaders.map((room) => `    ${id(room)} -. "import()" .-> loaded_later`),
  '  end',
  '  core --> index',
  '```',
].join('\n')

const file = 'CONTRIBUTING.md'
const text = read(file)
const drawn = text.replace(/(<!-- made by scripts\/architecture\.mjs -->\n\n).*?```(?=\n\n)/s, `$1${chart}`)
if (!drawn.includes(chart)) throw new Error(`${file} has no place for the picture`)
if (drawn !== text && process.argv.includes('--check')) {
  console.error(`The picture in ${file} is old. Run: npx -y pnpm@12 run fix`)
  process.exitCode = 1
} else if (drawn !== text) writeFileSync(file, drawn)
