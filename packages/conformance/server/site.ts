import { createEmulator, signIn, type ScriptedResponse } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'

/** A request that came in beside the provider's paths. */
type Arrival = {
  /** Its path. */
  readonly path: string
  /** Its `Authorization` header. */
  readonly authorization: string | null
}

/** What a test may do to a site from another process: arguments and results survive JSON. */
export type SiteCommands = ReturnType<typeof createCommands> & {
  /** Stops it, so that nothing answers at its address. */
  readonly stop: () => Promise<void>
}

/** A server of its own origin, with an emulator behind it. */
export type Site = {
  /** Where it listens. */
  readonly url: string
  /** What a test may do to it. */
  readonly commands: SiteCommands
  /** Stops it; calling it again does no harm. */
  readonly close: () => Promise<void>
}

/**
 * Starts a site on a free port: each emulated host under a path of its name, and `/elsewhere/<status>`, which is no
 * provider's: it answers with that status and remembers who came.
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
    /** What has happened so far at one provider. */
    countersOf: (provider: ProviderName) => emulator[provider].counters,
    /** Revokes all tokens of one provider. */
    revokeAt: (provider: ProviderName) => emulator[provider].revoke(),
    /** Signs a user in, as a browser would, and says where that is sent then. */
    signIn: (authorizationUrl: string, options: { readonly deny?: boolean } = {}) => signIn(authorizationUrl, options),
    /** Makes the tokens of all providers live so long from now on. */
    setLifetime: (ms: number) => {
      for (const provider of [orange, digitaleo, bouygues]) provider.lifetimeMs = ms
      bouygues.certificateLifetimeMs = ms
    },
    /** Lets time pass, for the server alone. */
    pass: (ms: number) => clock.advance(ms),
    /** Makes Digitaleo's tokens so long, in characters. */
    setTokenLength: (length: number) => void (digitaleo.tokenLength = length),
    /** Makes Bouygues Telecom know a client's public key, as PEM. */
    setPublicKey: (clientId: string, publicKey: string) => void bouygues.publicKeys.set(clientId, publicKey),
    /** What has happened so far. */
    counters: () => orange.counters,
    /** Who came to `/elsewhere`. */
    arrivals: () => arrivals,
    /** Revokes all tokens. */
    revoke: () => orange.revoke(),
    /** Lets the time of all tokens pass, for the server alone. */
    expire: () => clock.advance(orange.lifetimeMs),
    /** Changes the client's secret. */
    setSecret: (clientSecret: string) => void orange.clients.set('emulated-client', clientSecret),
    /** Answers the next API calls with this. */
    answerApiCalls: (count: number, answer: ScriptedResponse) => orange.answerApiCalls(count, answer),
    /** Answers the next token requests with this. */
    answerTokenRequests: (count: number, answer: ScriptedResponse) => orange.answerTokenRequests(count, answer),
    /** Makes API calls wait. */
    holdApiCalls: () => void releases.push(orange.holdApiCalls()),
    /** Makes token requests wait. */
    holdTokenRequests: () => void releases.push(orange.holdTokenRequests()),
    /** Ends all waiting. */
    release: () => releases.splice(0).forEach((release) => release()),
    /** Answers when so many API calls have come in, since the start. */
    apiCalled: (count: number) => orange.apiCalled(count),
    /** Answers when so many token requests have come in, since the start. */
    tokenRequested: (count: number) => orange.tokenRequested(count),
  }
}
