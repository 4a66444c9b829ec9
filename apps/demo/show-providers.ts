import { bearer } from '@oauthkit/core'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import ky from 'ky'
import { createFlows } from './flows.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }

const callsAtOnce = 20

/** One when there is no token, one when it was revoked. */
const expectedTokenRequests = 2

const widths = [19, 20, 18, 13, 7, 5, 16] as const

const row = (cells: readonly (string | number)[]) =>
  console.log(
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0
        return index < 3 ? String(cell).padEnd(width) : String(cell).padStart(width)
      })
      .join(''),
  )

/** Calls the APIs of all providers with one ky client, and says whether all went as it should. */
export async function showProviders(): Promise<boolean> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const emulator = createEmulator()
  emulator.bouygues.publicKeys.set(credentials.clientId, await exportSPKI(publicKey))
  // As long as Digitaleo says that its tokens may be.
  emulator.digitaleo.tokenLength = 50_000
  const server = await serve(emulator)
  try {
    const tokenRequests: number[] = []
    const flows = createFlows(
      server.url,
      { ...credentials, privateKey: await exportPKCS8(privateKey) },
      (index) => (input, init) => {
        tokenRequests[index] = (tokenRequests[index] ?? 0) + 1
        return fetch(input, init)
      },
    )
    // Each call gets the token of the API that it goes to.
    const client = flows.reduce((before, { tokens }) => before.extend(bearer(tokens)), ky.extend({ retry: 0 }))
    const callAll = () =>
      Promise.all(
        flows.map(async ({ api }) => {
          const calls = Array.from({ length: callsAtOnce }, () => client.get(api))
          return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length
        }),
      )

    console.log(`Three providers, five ways to get a token, one ky client: ${callsAtOnce} calls of each API at once, and ${callsAtOnce} more
after all tokens were revoked.
`)
    row(['provider', 'grant', 'authentication', 'token length', 'calls', 'ok', 'token requests'])
    const before = await callAll()
    for (const provider of [emulator.orange, emulator.digitaleo, emulator.bouygues]) provider.revoke()
    const after = await callAll()

    const lengths = await Promise.all(flows.map(async ({ tokens }) => (await tokens.getToken()).accessToken.length))
    let isGood = true
    for (const [index, { provider, grant, authentication }] of flows.entries()) {
      const ok = (before[index] ?? 0) + (after[index] ?? 0)
      const requests = tokenRequests[index] ?? 0
      isGood &&= ok === 2 * callsAtOnce && requests === expectedTokenRequests
      row([provider, grant, authentication, lengths[index] ?? 0, 2 * callsAtOnce, ok, requests])
    }
    console.log(
      isGood
        ? '\nHow little it takes: apps/demo/flows.ts'
        : `\nThat is not as it should be: all calls ok, and ${expectedTokenRequests} token requests each.`,
    )
    return isGood
  } finally {
    await server.close()
  }
}
