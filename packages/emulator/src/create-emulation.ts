import type { Clock } from './clock.ts'
import type { Emulation, EmulationOptions } from './emulation.ts'
import { createGate } from './gate.ts'
import type { Provider } from './provider.ts'
import { createTokenTable, type IssuedToken } from './token-table.ts'

/** How much of a token's lifetime may be left before asking for the next one counts as early. */
const EARLY_SHARE = 0.05

/** A provider at work: what its users control, and what the network meets. */
export type RunningProvider = {
  /** The provider that is emulated. */
  readonly provider: Provider
  /** Its control surface. */
  readonly emulation: Emulation
  /** Answers a request; `path` comes without the server's prefix. Rejects with the signal's reason if aborted while held. */
  readonly handle: (request: Request, path: string) => Promise<Response>
}

/** Starts to emulate a provider. */
export function createEmulation(provider: Provider, clock: Clock, options: EmulationOptions = {}): RunningProvider {
  const { clients = { 'emulated-client': 'emulated-secret' }, lifetimeMs = provider.lifetimeMs } = options
  const tokens = createTokenTable(clock)
  const tokenGate = createGate()
  const apiGate = createGate()
  let tokensIssued = 0
  let earlyTokenRequests = 0
  let apiRefusals = 0

  const issueToken = (clientId: string): IssuedToken & { leftMs: number } => {
    const last = tokens.latest(clientId)
    if (last && last.expiresAt - clock.now() > EARLY_SHARE * last.lifetimeMs) earlyTokenRequests += 1
    if (last && emulation.sameToken) return { ...last, leftMs: last.expiresAt - clock.now() }
    tokensIssued += 1
    return { ...tokens.issue(clientId, emulation.lifetimeMs), leftMs: emulation.lifetimeMs }
  }

  const rules = provider.createRules({
    clock,
    isClient: ({ clientId, clientSecret }) => emulation.clients.get(clientId) === clientSecret,
    issueToken,
    maxApiCallsPerMinute: () => emulation.maxApiCallsPerMinute,
    tokenState: tokens.state,
  })

  const emulation: Emulation = {
    at: (url) => {
      const base = `${String(url).replace(/\/+$/, '')}/${provider.name}`
      return { tokenEndpoint: base + provider.tokenPath, resources: [base] }
    },
    clients: new Map(Object.entries(clients)),
    lifetimeMs,
    tokenDelayMs: 0,
    maxApiCallsPerMinute: Number.POSITIVE_INFINITY,
    sameToken: false,
    get counters() {
      const tokenRequests = tokenGate.arrived()
      const apiCalls = apiGate.arrived()
      return { tokenRequests, tokensIssued, earlyTokenRequests, apiCalls, apiRefusals }
    },
    reset: () => {
      tokensIssued = 0
      earlyTokenRequests = 0
      apiRefusals = 0
      tokens.revoke()
      tokenGate.reset()
      apiGate.reset()
      rules.reset()
    },
    revoke: tokens.revoke,
    answerTokenRequests: tokenGate.answer,
    answerApiCalls: apiGate.answer,
    holdTokenRequests: tokenGate.hold,
    holdApiCalls: apiGate.hold,
    tokenRequested: tokenGate.whenArrived,
    apiCalled: apiGate.whenArrived,
  }

  const handle = async (request: Request, path: string): Promise<Response> => {
    // A browser's preflight is no request of the program under test: neither counted nor judged.
    if (request.method === 'OPTIONS') return new Response(null, { status: 204 })
    if (path === provider.tokenPath) {
      return tokenGate.pass(request, () => rules.answerTokenRequest(request), emulation.tokenDelayMs)
    }
    const response = await apiGate.pass(request, () => rules.answerApiCall(request, path))
    if (response.status === 401) apiRefusals += 1
    return response
  }

  return { provider, emulation, handle }
}
