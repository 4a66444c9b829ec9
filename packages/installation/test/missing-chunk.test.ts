import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { clients, type Client } from '../clients.ts'
import { emulate } from '../emulate.ts'
import { copyPrograms, install } from '../install.ts'
import type { Outcome } from '../programs/lazy/create-call.ts'
import { notLoaded } from './not-loaded.ts'

const place = { registry: inject('registry'), folder: inject('folder') }

/**
 * Installs core, and calls with a store and without: while the file that only a store needs is not there, and when it is
 * back.
 */
async function loseChunk(client: Client) {
  const installation = await install(client, ['@oauthkit/orange', 'ky'], place)
  const core = installation.installed.find(({ manifest }) => manifest.name === '@oauthkit/core')
  copyPrograms('lazy', installation)
  const { emulator, settings } = await emulate()
  const output = await installation.run('missing-chunk.ts', {
    SETTINGS: JSON.stringify(settings),
    CHUNK: join(core?.folder ?? '', 'dist/shared-cache.js'),
  })
  const [first, second, aloneMeanwhile, third, fourth, aloneLater] = JSON.parse(output) as Outcome[]
  const { tokenRequests } = emulator.orange.counters
  return { meanwhile: [first, second], later: [third, fourth], alone: [aloneMeanwhile, aloneLater], tokenRequests }
}

/** Two calls of one source. */
const twoCalls = [
  { answer: '200', events: ['renewed'] },
  { answer: '200', events: ['served'] },
]

const isDeno = ({ name }: Client) => name === 'Deno'

describe('a source with a store whose file is missing says so at each call, and one without a store needs none', () => {
  test.each(clients.filter((client) => !isDeno(client)))(
    'as installed by $name; the next call finds the file that is back',
    async (client) => {
      const { meanwhile, later, alone, tokenRequests } = await loseChunk(client)
      expect(meanwhile).toEqual([notLoaded, notLoaded])
      expect(later).toEqual(twoCalls)
      expect(alone).toEqual(twoCalls)
      expect(tokenRequests).toBe(2)
    },
  )

  test.each(clients.filter(isDeno))(
    'as installed by $name, which remembers until it is started anew that an import failed',
    async (client) => {
      const { meanwhile, later, alone, tokenRequests } = await loseChunk(client)
      expect(meanwhile).toEqual([notLoaded, notLoaded])
      // As soon as this fails, Deno tries again, as the others do: let the test above have it.
      expect(later).toEqual([notLoaded, notLoaded])
      expect(alone).toEqual(twoCalls)
      expect(tokenRequests).toBe(1)
    },
  )
})
