import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { clients, type Client } from './clients.ts'
import { emulate } from './emulate.ts'
import { copyPrograms, install } from './install.ts'
import type { Outcome } from './programs/lazy/create-call.ts'
import { notLoaded } from './not-loaded.ts'

/**
 * Installs core, and makes calls with a store and without: first while the file that core loads later is missing,
 * then after it is back.
 */
async function loseChunk(client: Client) {
  const place = { registry: inject('registry'), folder: inject('folder') }
  const installation = await install(client, ['@oauthkit/orange', 'ky'], place)
  const core = installation.installed.find(({ manifest }) => manifest.name === '@oauthkit/core')
  copyPrograms('lazy', installation)
  const { emulator, settings } = await emulate()
  const output = await installation.run('missing-chunk.ts', {
    SETTINGS: JSON.stringify(settings),
    CHUNK: join(core?.folder ?? '', 'dist/loaded-later.js'),
  })
  const [first, second, aloneMeanwhile, third, fourth, aloneLater] = JSON.parse(output) as Outcome[]
  const { tokenRequests } = emulator.orange.counters
  return { meanwhile: [first, second], later: [third, fourth], alone: [aloneMeanwhile, aloneLater], tokenRequests }
}

/** The outcomes of two calls with one source. */
const twoCalls = [
  { answer: '200', events: ['renewed'] },
  { answer: '200', events: ['served'] },
]

const isDeno = ({ name }: Client) => name === 'Deno'

/** Tests what programs do while a file of core is missing, as these clients install it. */
export function testMissingChunk(names: readonly Client['name'][]): void {
  const tested = clients.filter(({ name }) => names.includes(name))

  describe('if the file that core loads later is missing, each call with a store says so, and calls without a store work', () => {
    test.each(tested.filter((client) => !isDeno(client)))(
      'installed by $name: after the file is back, the next call finds it',
      async (client) => {
        const { meanwhile, later, alone, tokenRequests } = await loseChunk(client)
        expect(meanwhile).toEqual([notLoaded, notLoaded])
        expect(later).toEqual(twoCalls)
        expect(alone).toEqual(twoCalls)
        expect(tokenRequests).toBe(2)
      },
    )

    test.each(tested.filter(isDeno))(
      'installed by $name, which remembers a failed import until it is restarted',
      async (client) => {
        const { meanwhile, later, alone, tokenRequests } = await loseChunk(client)
        expect(meanwhile).toEqual([notLoaded, notLoaded])
        // If this fails, Deno has begun to try again, as the others do. Then move it to the test above.
        expect(later).toEqual([notLoaded, notLoaded])
        expect(alone).toEqual(twoCalls)
        expect(tokenRequests).toBe(1)
      },
    )
  })
}
