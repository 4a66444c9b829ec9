import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { expected, namesOf, testClients } from '../client-tests.ts'
import { strictClient } from '../clients.ts'
import { copyProgram, install, type Installation } from '../install.ts'
import { closureOf, importsOf } from '../installed.ts'
import { entriesOf, type Manifest } from '../workspace.ts'

const place = { registry: inject('registry'), folder: inject('folder') }
const published = inject('published')

// installation.long.test.ts runs the other programs with the other clients.
testClients(({ testOrange, testBouygues, testRedis }, { name }) => {
  testOrange()
  if (name !== 'npm') return
  testBouygues()
  testRedis()
})

type SourceMap = { readonly sources: readonly string[]; readonly sourcesContent: readonly (string | null)[] }

describe.each(published)('$name', (manifest) => {
  let installation: Installation
  let folder = ''

  beforeAll(async () => {
    installation = await install(strictClient, [manifest.name], place)
    folder = installation.installed.find(({ manifest: { name } }) => name === manifest.name)?.folder ?? ''
  })

  test('is published with version ranges that any client can resolve, and exports the built files', async () => {
    const response = await fetch(`${place.registry}${manifest.name.replace('/', '%2f')}/${manifest.version}`)
    const { dependencies = {}, peerDependencies = {}, exports } = (await response.json()) as Manifest
    const ranges = { ...dependencies, ...peerDependencies }
    const ours = published.filter(({ name }) => name in ranges)
    expect(ranges).toMatchObject(Object.fromEntries(ours.map(({ name, version }) => [name, `^${version}`])))
    expect(Object.values(ranges).filter((range) => range.includes(':'))).toEqual([])
    expect(JSON.stringify(exports)).not.toContain('/src/')
  })

  test('is published with nothing but built files, its README and the licence, and its source maps hold the sources', () => {
    const files = globSync('**/*', { cwd: folder, exclude: ['node_modules/**'] })
    expect(files.filter((file) => !file.includes('/')).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
    ])
    const maps = files.filter((file) => file.endsWith('.js.map'))
    expect(maps.length).toBeGreaterThan(0)
    for (const map of maps) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(folder, map), 'utf8')) as SourceMap
      expect(sourcesContent).toHaveLength(sources.length)
      expect(sourcesContent).not.toContain(null)
    }
    expect(files.filter((file) => file.endsWith('.d.ts.map'))).toEqual([])
  })

  test('alone installs and imports only declared packages, and can be imported', async () => {
    expect(namesOf(installation)).toEqual(expected(closureOf([manifest.name], installation.installed)))
    const declared = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.peerDependencies ?? {})]
    expect(declared).toEqual(expect.arrayContaining(importsOf(folder)))

    const entries = entriesOf(manifest)
    copyProgram('import-all.ts', installation)
    const output = await installation.run('import-all.ts', { ENTRIES: JSON.stringify(entries) })
    expect(output).toBe(entries.map((entry) => `${entry} true\n`).join(''))
  })
})
