import { bouygues, bouyguesAp4, bouyguesEntreprisesRealm } from '@oauthkit/bouygues'
import { createEmulator, emulated, emulatedUrl } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { orange } from '@oauthkit/orange'
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import { describe, expect, inject, test } from 'vitest'
import { startRedis } from '../../config/start-redis.ts'
import { clients, type Client } from './clients.ts'
import { copyProgram, install, type Installation } from './install.ts'
import { closureOf } from './installed.ts'
import type { Row } from './table.ts'

const credentials = (name: string) => ({
  [`${name}_CLIENT_ID`]: 'emulated-client',
  [`${name}_CLIENT_SECRET`]: 'emulated-secret',
})

/** Returns the names of all packages on disk, with versions only for our own. A package can be listed twice. */
export const namesOf = ({ installed }: Installation): string[] =>
  installed
    .map(({ manifest: { name, version } }) => (name.startsWith('@oauthkit/') ? `${name}@${version}` : name))
    .toSorted()

/** Returns the same list for the packages that are expected. */
export const expected = (names: readonly string[]): string[] =>
  names
    .map((name) => {
      const ours = inject('published').find((manifest) => manifest.name === name)
      return ours ? `${name}@${ours.version}` : name
    })
    .toSorted()

/** The tests of one package manager. Each installs packages, and runs a program with them. */
type ClientTests = {
  readonly testOrange: () => void
  readonly testBouygues: () => void
  readonly testRedis: () => void
}

/** Tests installations with the chosen tests of each client. Returns a list, to which each test adds its installation. */
export function testClients(choose: (tests: ClientTests, client: Client) => void): readonly Row[] {
  const rows: Row[] = []
  const place = { registry: inject('registry'), folder: inject('folder') }

  describe.each(clients)('$name installs', (client) => {
    const installAll = async (...packages: string[]) => {
      const installation = await install(client, packages, place)
      rows.push({ client: client.name, packages, ...installation })
      return installation
    }

    const testOrange = () => {
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
    }

    const testBouygues = () => {
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
    }

    const testRedis = () => {
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
    }

    choose({ testOrange, testBouygues, testRedis }, client)
  })
  return rows
}
