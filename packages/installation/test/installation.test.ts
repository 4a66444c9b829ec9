import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bouygues, bouyguesAp4, bouyguesEntreprisesRealm } from '@oauthkit/bouygues'
import { createEmulator, emulated, emulatedUrl } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { orange } from '@oauthkit/orange'
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { clients, strictClient } from '../clients.ts'
import { copyProgram, install, type Installation } from '../install.ts'
import { closureOf, importsOf } from '../installed.ts'
import { tableOf, type Row } from '../table.ts'
import { entriesOf, type Manifest } from '../workspace.ts'

const place = { registry: inject('registry'), folder: inject('folder') }
const published = inject('published')
const rows: Row[] = []

const credentials = (name: string) => ({
  [`${name}_CLIENT_ID`]: 'emulated-client',
  [`${name}_CLIENT_SECRET`]: 'emulated-secret',
})

/** Returns the names of all packages on disk, with versions only for our own. A package can be listed twice. */
const namesOf = ({ installed }: Installation): string[] =>
  installed
    .map(({ manifest: { name, version } }) => (name.startsWith('@oauthkit/') ? `${name}@${version}` : name))
    .toSorted()

/** Returns the same list for the packages that are expected. */
const expected = (names: readonly string[]): string[] =>
  names
    .map((name) => {
      const ours = published.find((manifest) => manifest.name === name)
      return ours ? `${name}@${ours.version}` : name
    })
    .toSorted()

// The registry downloads the other packages now, so that no client has to wait for that.
beforeAll(() => install(strictClient, [...published.map(({ name }) => name), 'ky', 'redis'], place))

afterAll(() => console.log(tableOf(rows)))

describe.each(clients)('$name installs', (client) => {
  const installAll = async (...packages: string[]) => {
    const installation = await install(client, packages, place)
    rows.push({ client: client.name, packages, ...installation })
    return installation
  }

  test('@oauthkit/orange and ky, with only core in addition: 20 calls make one token request', async () => {
    const installation = await installAll('@oauthkit/orange', 'ky')
    expect(namesOf(installation)).toEqual(expected(['@oauthkit/core', '@oauthkit/orange', 'ky']))

    const emulator = createEmulator()
    await using server = await serve(emulator)
    copyProgram('orange.ts', installation)
    const output = await installation.run('orange.ts', {
      ...credentials('ORANGE'),
      ORANGE: JSON.stringify(emulated(orange, server.url)),
      API: emulatedUrl('https://api.orange.com/echo', server.url),
    })
    expect(output.trim()).toBe(Array(20).fill('200').join(' '))
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 20, apiRejections: 0 })
  })

  test('@oauthkit/bouygues and ky, with only declared packages: secrets, certificates and logins work', async () => {
    const installation = await installAll('@oauthkit/bouygues', 'ky')
    const ours = ['bouygues', 'core', 'login', 'private-key-jwt'].map((name) => `@oauthkit/${name}`)
    expect(namesOf(installation)).toEqual(expected([...ours, 'cookie', 'jose', 'ky', 'oauth4webapi']))

    const emulator = createEmulator()
    await using server = await serve(emulator)
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
    emulator.bouygues.publicKeys.set('emulated-client', await exportSPKI(publicKey))
    copyProgram('bouygues.ts', installation)
    const output = await installation.run('bouygues.ts', {
      ...credentials('BOUYGUES'),
      BOUYGUES_PRIVATE_KEY: await exportPKCS8(privateKey),
      BOUYGUES: JSON.stringify(emulated(bouygues, server.url)),
      BOUYGUES_AP4: JSON.stringify(emulated(bouyguesAp4, server.url)),
      BOUYGUES_REALM: JSON.stringify(emulated(bouyguesEntreprisesRealm, server.url)),
      API: emulatedUrl('https://api.bouyguestelecom.fr/echo', server.url),
    })
    expect(output.trim().split('\n')).toEqual(['200', '200', 'S256'])
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 2, apiCalls: 2, apiRejections: 0 })
  })

  test('@oauthkit/orange, @oauthkit/redis, ky and redis: a second program finds the token of the first', async () => {
    const asked = ['@oauthkit/orange', '@oauthkit/redis', 'ky', 'redis']
    const installation = await installAll(...asked)
    expect(namesOf(installation)).toEqual(expected(closureOf(asked, installation.installed)))

    const emulator = createEmulator()
    await using server = await serve(emulator)
    const redis = await startRedis()
    copyProgram('redis.ts', installation)
    const run = () =>
      installation.run('redis.ts', {
        ...credentials('ORANGE'),
        ORANGE: JSON.stringify(emulated(orange, server.url)),
        API: emulatedUrl('https://api.orange.com/echo', server.url),
        REDIS_URL: redis.url,
      })
    try {
      expect((await run()).trim()).toBe('200')
      expect((await run()).trim()).toBe('200')
    } finally {
      await redis.stop()
    }
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2, apiRejections: 0 })
  })
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
