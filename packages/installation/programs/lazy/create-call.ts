import { orange, orangeAuth, type OrangeOptions } from '@oauthkit/orange'
import ky from 'ky'

/** The address of the emulator, and the credentials of the client. */
export type Settings = {
  readonly provider: Partial<typeof orange>
  readonly api: string
  readonly clientId: string
  readonly clientSecret: string
}

/** The outcome of one call: the status or the error, and the events during the call. */
export type Outcome = { readonly answer: string; readonly events: readonly string[] }

/** Creates a function that calls Orange's API, for any runtime. */
export function createCall(settings: Settings, store?: OrangeOptions['store']): () => Promise<Outcome> {
  const { provider, api, ...credentials } = settings
  const events: string[] = []
  const auth = orangeAuth({
    ...credentials,
    provider: { ...orange, ...provider },
    onEvent: ({ type }) => void events.push(type),
    ...(store && { store }),
  })
  const client = ky.extend(auth)
  return async () => {
    const answer = await client.get(api).then(
      ({ status }) => String(status),
      ({ code, message }: Error & { readonly code?: string }) => `${code} ${message}`,
    )
    return { answer, events: events.splice(0) }
  }
}
