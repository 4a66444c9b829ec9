import { createEmulator, signIn, type ScriptedResponse } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'

/** A request to `/elsewhere`, outside the providers' paths. */
type Arrival = {
  /** Its path. */
  readonly path: string
  /** Its `Authorization` header. */
  readonly authorization: string | null
}

/** The commands that a test can send to a site from another process. Arguments and results survive JSON. */
export type SiteCommands = ReturnType<typeof createCommands> & {
  /** Stops the site, so that no server answers at its address. */
  readonly stop: () => Promise<void>
}

/** An emulator with its own server and origin. */
export type Site = {
  /** The URL that it listens at. */
  readonly url: string
  /** The commands that a test can send to it. */
  readonly commands: SiteCommands
  /** Stops it. It can be called again. */
  readonly close: () => Promise<void>
}

/**
 * Starts a site on a free port. Each emulated host is under a path with its name. `/elsewhere/<status>` belongs to no
 * provider: it answers with that status, and records the request.
 */
export async function startSite(): Promise<Site> {
  const emulator = createEmulator()
  const arrivals: Arrival[] = []
  emulator.app.all('/elsewhere/:status', ({ req }) => {
    arrivals.push({ path: req.path, authorization: req.header('authorization') ?? null })
    return Response.json({ elsewhere: true }, { status: Number(req.param('status')) })
  })
  const { url, close } = await serve(emulator)
  return { url, close, commands: { ...createCommands(emulator, arrivals), stop: close } }
}

type ProviderName = 'orange' | 'digitaleo' | 'bouygues'

function createCommands(emulator: ReturnType<typeof createEmulator>, arrivals: readonly Arrival[]) {
  const { orange, digitaleo, bouygues, clock } = emulator
  const releases: (() => void)[] = []
  return {
    /** Returns the counters of one provider. */
    countersOf: (provider: ProviderName) => emulator[provider].counters,
    /** Revokes all tokens of one provider. */
    revokeAt: (provider: ProviderName) => emulator[provider].revoke(),
    /** Signs a user in, like a browser. Returns the URL that the browser would be sent to. */
    signIn: (authorizationUrl: string, options: { readonly deny?: boolean } = {}) => signIn(authorizationUrl, options),
    /** Sends a command of the control API, which refuses the pages that run these tests in a browser. */
    order: async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      const response = await emulator.app.request(`/control/${path}`, init)
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    },
    /** Sets the lifetime of the tokens that all providers issue from now on, in milliseconds. */
    setLifetime: (ms: number) => {
      for (const provider of [orange, digitaleo, bouygues]) provider.lifetimeMs = ms
      bouygues.certificateLifetimeMs = ms
    },
    /** Moves the server's clock forward. The client's clock does not change. */
    pass: (ms: number) => clock.advance(ms),
    /** Sets the length of Digitaleo's tokens, in characters. */
    setTokenLength: (length: number) => void (digitaleo.tokenLength = length),
    /** Registers a client's public key at Bouygues Telecom, as PEM. */
    setPublicKey: (clientId: string, publicKey: string) => void bouygues.publicKeys.set(clientId, publicKey),
    /** Returns the counters of Orange. */
    counters: () => orange.counters,
    /** Returns the requests to `/elsewhere`. */
    arrivals: () => arrivals,
    /** Revokes all tokens of Orange. */
    revoke: () => orange.revoke(),
    /** Moves the server's clock forward until all tokens of Orange have expired. The client's clock does not change. */
    expire: () => clock.advance(orange.lifetimeMs),
    /** Changes the client's secret at Orange. */
    setSecret: (clientSecret: string) => void orange.clients.set('emulated-client', clientSecret),
    /** Answers the next API calls at Orange with this response. */
    answerApiCalls: (count: number, answer: ScriptedResponse) => orange.answerApiCalls(count, answer),
    /** Answers the next token requests at Orange with this response. */
    answerTokenRequests: (count: number, answer: ScriptedResponse) => orange.answerTokenRequests(count, answer),
    /** Makes API calls at Orange wait. */
    holdApiCalls: () => void releases.push(orange.holdApiCalls()),
    /** Makes token requests at Orange wait. */
    holdTokenRequests: () => void releases.push(orange.holdTokenRequests()),
    /** Releases all requests that wait. */
    release: () => releases.splice(0).forEach((release) => release()),
    /** Answers when Orange has received this number of API calls since the start. */
    apiCalled: (count: number) => orange.apiCalled(count),
    /** Answers when Orange has received this number of token requests since the start. */
    tokenRequested: (count: number) => orange.tokenRequested(count),
  }
}
