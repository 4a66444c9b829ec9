import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { figureOf } from '../measure/figure.ts'
import type { Row, Scenario } from '../measure/result.ts'
import { peers } from '../peers/all.ts'

const folder = join(import.meta.dirname, '..')

/** The HTTP clients of the peers. They do not count, because the user has them anyway. */
const external = ['ky', 'axios', '@octokit/request']

/** Bundles and compresses what a program imports. Returns the bytes that load first, and those that can load later. */
async function measureBundle(imports: string) {
  const program = join(folder, 'program.js')
  const bundle = await rolldown({
    input: program,
    cwd: folder,
    platform: 'node',
    external,
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === program ? id : null),
        load: (id) => (id === program ? imports : null),
      },
    ],
    onLog: () => {},
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const chunks = output.filter((part) => part.type === 'chunk')
  const first = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  for (const name of first)
    for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) first.add(imported)
  const bytes = (isFirst: boolean) => {
    const code = chunks.filter(({ fileName }) => first.has(fileName) === isFirst).map((chunk) => chunk.code)
    return code.length > 0 ? gzipSync(code.join('\n'), { level: 9 }).length : 0
  }
  return { first: bytes(true), later: bytes(false) }
}

/** Finds an installed package from the real folder of another one, as Node.js does. */
function findPackage(name: string, from: string): string | undefined {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const candidate = join(at, 'node_modules', name)
    if (existsSync(candidate)) return realpathSync(candidate)
  }
  return undefined
}

const sizeOf = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name !== 'node_modules')
        .reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : statSync(path).size

type Manifest = {
  readonly files?: readonly string[]
  readonly dependencies?: object
  readonly peerDependencies?: object
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** Counts the packages that an installation adds, and their bytes. */
function measureInstallation(names: readonly string[]) {
  const found = new Map<string, number>()
  const add = (name: string, from: string) => {
    const path = findPackage(name, from)
    if (path === undefined || found.has(path)) return
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest
    // A package of this repository: only what is published of it.
    const isOwn = !path.includes('node_modules')
    const published = isOwn
      ? [...(manifest.files ?? []), 'package.json', 'README.md'].map((file) => join(path, file))
      : [path]
    found.set(
      path,
      published.filter((file) => existsSync(file)).reduce((sum, file) => sum + sizeOf(file), 0),
    )
    const peersOf = Object.keys(manifest.peerDependencies ?? {}).filter(
      (peer) => !manifest.peerDependenciesMeta?.[peer]?.optional,
    )
    for (const dependency of [...Object.keys(manifest.dependencies ?? {}), ...peersOf]) add(dependency, path)
  }
  for (const name of names) add(name, folder)
  return { packages: found.size, bytes: [...found.values()].reduce((sum, bytes) => sum + bytes, 0) }
}

const root = join(folder, '..')
const runtimes: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
  { name: 'Node', command: process.execPath, args: [] },
  { name: 'Deno', command: join(root, 'node_modules/.bin/deno'), args: ['run', '--allow-all', '--no-lock'] },
  { name: 'Bun', command: join(root, 'node_modules/.bin/bun'), args: ['run'] },
]

/** How long a new process takes to import modules, in milliseconds. */
function timeImport({ command, args }: (typeof runtimes)[number], modules: readonly string[]): number {
  const program = join(import.meta.dirname, '../measure/time-import.ts')
  return Number(execFileSync(command, [...args, program, ...modules], { cwd: folder, encoding: 'utf8' }))
}

/** The libraries whose import is measured. */
const libraries = [
  '@badgateway/oauth2-client',
  'openid-client',
  'simple-oauth2',
  'fetch-extras',
  'google-auth-library',
  '@azure/core-rest-pipeline',
  'axios',
  'axios-auth-refresh',
  '@octokit/auth-app',
]

export const size: Scenario = {
  id: 'size',
  async run(isQuick) {
    const bundles: Row[] = []
    for (const { name, imports, byHand = 'nothing' } of peers) {
      if (imports === undefined) continue
      const { first, later } = await measureBundle(imports)
      bundles.push([name, first / 1000, later / 1000, byHand])
    }
    const installed = [...new Map(peers.map(({ packages }) => [packages.join(' + '), packages]))].map(
      ([text, packages]): Row => {
        const { packages: count, bytes } = measureInstallation(packages)
        return [text, count, bytes / 1_000_000]
      },
    )
    const imports: readonly (readonly [title: string, ...modules: string[]])[] = [
      ['@oauthkit/core, after ky', 'ky', '@oauthkit/core'],
      ...['@oauthkit/core', 'ky', ...libraries].map((name): [string, string] => [name, name]),
    ]
    const times = imports.map(() => runtimes.map((): number[] => []))
    for (let round = 0; round < (isQuick ? 1 : 15); round += 1) {
      for (const [row, [, ...modules]] of imports.entries()) {
        for (const [column, runtime] of runtimes.entries()) {
          if (!isQuick || row < 2) times[row]?.[column]?.push(timeImport(runtime, modules))
        }
      }
    }
    return {
      title: 'Size',
      about:
        'A bundle has what a program imports from a library, without what its user writes by hand. It is bundled by Rolldown for Node.js, minified, and compressed with gzip. The HTTP clients ky, axios and @octokit/request do not count. An installation has all dependencies; a package counts with all of its files. An import is that of a new process, without the start of the runtime.',
      tables: [
        {
          title: 'Bundle',
          columns: [
            { name: 'client' },
            { name: 'loads first', unit: 'kB', digits: 2 },
            { name: 'loads later, where needed', unit: 'kB', digits: 2 },
            { name: 'left to the user' },
          ],
          rows: bundles,
          plot: 'loads first',
        },
        {
          title: 'Installation',
          columns: [{ name: 'packages' }, { name: 'installed packages' }, { name: 'size', unit: 'MB', digits: 2 }],
          rows: installed,
          plot: 'size',
        },
        {
          title: 'Import',
          columns: [{ name: 'module' }, ...runtimes.map(({ name }) => ({ name, unit: 'ms' as const, digits: 1 }))],
          rows: imports.map(([title], row) => [
            title,
            ...(times[row] ?? []).map((own) => (own.length > 0 ? figureOf(own) : undefined)),
          ]),
          plot: 'Node',
        },
      ],
    }
  },
}
