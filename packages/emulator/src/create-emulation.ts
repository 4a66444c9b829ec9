import { type Clock, createRateWindow } from './clock.ts'
import type { Address, EmulatedProvider, Rules, TokenOrder } from './emulated-provider.ts'
import type { Emulation, EmulationOptions } from './emulation.ts'
import { createGate } from './gate.ts'
import { createTokenTable, type IssuedToken } from './token-table.ts'

/** A token request is early while more than this share of the last token's lifetime is left. */
const EARLY_SHARE = 0.05

/** A running emulation: its controls, and its handler of requests. */
export type RunningProvider<Settings extends object = object> = Pick<
  EmulatedProvider,
  'name' | 'hosts' | 'insecureHosts'
> & {
  /** Its controls. */
  readonly emulation: Emulation & Settings
  /** The commands of other processes that only this provider has. */
  readonly commands: NonNullable<Rules['commands']>
  /** Answers a request. Rejects with the signal's reason if the request is aborted while it is held. */
  readonly handle: (request: Request, address: Address) => Promise<Response>
}

/** Starts to emulate a provider. */
export function createEmulation<Settings extends object>(
  provider: EmulatedProvider<Settings>,
  clock: Clock,
  options: EmulationOptions = {},
): RunningProvider<Settings> {
  const { clients = { 'emulated-client': 'emulated-secret' }, lifetimeMs = provider.lifetimeMs } = options
  const tokens = createTokenTable(clock)
  const tokenGate = createGate()
  const apiGate = createGate()
  const apiRate = createRateWindow(clock, () => emulation.maxApiCallsPerMinute, 60_000)
  let tokensIssued = 0
  let earlyTokenRequests = 0
  let apiRejections = 0
  const rejections = new WeakSet<Response>()

  const issueToken = ({ makeToken, ...order }: TokenOrder): IssuedToken & { leftMs: number } => {
    const last = order.user === undefined ? tokens.latest(order.endpoint, order.clientId) : undefined
    if (last && last.expiresAt - clock.now() > EARLY_SHARE * last.lifetimeMs) earlyTokenRequests += 1
    if (last && emulation.sameToken) return { ...last, leftMs: last.expiresAt - clock.now() }
    tokensIssued += 1
    const token = tokens.issue({ lifetimeMs: emulation.lifetimeMs, ...order, accessToken: makeToken() })
    return { ...token, leftMs: token.lifetimeMs }
  }

  const common: Emulation = {
    clients: new Map(clients instanceof Map ? clients : Object.entries(clients)),
    lifetimeMs,
    tokenDelayMs: 0,
    maxApiCallsPerMinute: Number.POSITIVE_INFINITY,
    sameToken: false,
    get counters() {
      const tokenRequests = tokenGate.arrived()
      const apiCalls = apiGate.arrived()
      return { tokenRequests, tokensIssued, earlyTokenRequests, apiCalls, apiRejections }
    },
    reset: () => {
      tokensIssued = 0
      earlyTokenRequests = 0
      apiRejections = 0
      tokens.revoke()
      tokenGate.reset()
      apiGate.reset()
      apiRate.reset()
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

  // Not a spread: it would read the getter `counters` now, and never again.
  const emulation = Object.defineProperties(
    provider.createSettings(),
    Object.getOwnPropertyDescriptors(common),
  ) as Emulation & Settings

  const rules = provider.createRules({
    clock,
    settings: emulation,
    isClient: ({ clientId, clientSecret }) => emulation.clients.get(clientId) === clientSecret,
    issueToken,
    findToken: tokens.find,
    revokeToken: tokens.revoke,
    countRejection: (response) => {
      rejections.add(response)
      return response
    },
  })

  const answerApiCall = async (request: Request, address: Address): Promise<Response> =>
    apiRate.admit() ? rules.answerApiCall(request, address) : rules.answerTooManyCalls()

  const handle = async (request: Request, address: Address): Promise<Response> => {
    // The browser sends the preflight, not the program under test. So it is not counted, and no rule applies to it.
    if (request.method === 'OPTIONS') return new Response(null, { status: 204 })
    if (provider.tokenEndpoints.includes(address.host + address.path)) {
      return tokenGate.pass(request, () => rules.answerTokenRequest(request, address), emulation.tokenDelayMs)
    }
    const page = rules.answerPage?.(request, address)
    if (page) return page
    const response = await apiGate.pass(request, () => answerApiCall(request, address))
    if (response.status === 401 || rejections.has(response)) apiRejections += 1
    return response
  }

  const { name, hosts, insecureHosts = [] } = provider
  return { name, hosts, insecureHosts, emulation, commands: rules.commands ?? {}, handle }
}
