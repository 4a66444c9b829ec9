import type { Emulator } from '@oauthkit/emulator'
import { orange } from '@oauthkit/orange'
import type { Faults } from './faults.ts'
import type { LabRecord } from './record.ts'

/** How long an answer is on its way, in milliseconds. Without that, nothing would be visible. */
const callMs = 60
const tokenMs = 150

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** The number that a call has in its URL, so that the network recognises it when it comes a second time. */
const numberOf = (url: string): number => Number(new URL(url).searchParams.get('call'))

/** Makes the `fetch` between the client and the emulator. It records what passes, without any secret. */
export function createNetwork(emulator: Emulator, faults: Faults, record: LabRecord): typeof fetch {
  const requestToken = async (request: Request): Promise<Response> => {
    const entry = { sentAt: Date.now(), endedAt: undefined as number | undefined, isIssued: false }
    record.tokenRequests.push(entry)
    try {
      faults.beforeTokenRequest()
      const response = await emulator.fetch(request)
      if (response.ok) {
        const { expires_in: seconds } = (await response.clone().json()) as { readonly expires_in: number }
        const issuedAt = Date.now()
        record.tokens.push({ issuedAt, expiresAt: issuedAt + seconds * 1000, endedAt: undefined })
        entry.isIssued = true
      }
      await pause(tokenMs)
      return response
    } finally {
      entry.endedAt = Date.now()
    }
  }

  const call = async (request: Request): Promise<Response> => {
    const made = record.calls[numberOf(request.url)]
    if (made) made.attempts += 1
    faults.beforeCall()
    const response = await emulator.fetch(request)
    await pause(callMs)
    return response
  }

  return (input, init) => {
    const request = new Request(input, init)
    return request.url === orange.tokenEndpoint ? requestToken(request) : call(request)
  }
}
