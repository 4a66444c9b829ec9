import { bearer } from '@oauthkit/core'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import ky from 'ky'
import { createFlows } from './flows.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }

const callsAtOnce = 20

/** The expected number of token requests: one for the first token, and one after it was revoked. */
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

/**
 * Calls the APIs of all providers with one ky client, and prints a table.
 *
 * @returns whether all calls succeeded, with the expected number of token requests.
 */
export async function showProviders(): Promise<boolean> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const emulator = createEmulator()
  emulator.bouygues.publicKeys.set(credentials.clientId, await exportSPKI(publicKey))
  // The longest tokens that Digitaleo's documentation allows.
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
    // Each call gets the token for its API.
    const client = flows.reduce((before, { tokens }) => before.extend(bearer(tokens)), ky.extend({ retry: 0 }))
    const callAll = () =>
      Promise.all(
        flows.map(async ({ api }) => {
          const calls = Array.from({ length: callsAtOnce }, () => client.get(api))
          return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length
        }),
      )

    console.log(`One ky client calls APIs of three providers, with five ways to get a token. It calls each API
${callsAtOnce} times at the same moment, and ${callsAtOnce} times more after all tokens were revoked.
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
        ? '\nThe code of the five ways: apps/demo/flows.ts'
        : `\nThis failed. Expected: all calls ok, and ${expectedTokenRequests} token requests in each row.`,
    )
    return isGood
  } finally {
    await server.close()
  }
}
