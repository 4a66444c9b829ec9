import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, type JWTPayload } from 'jose'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { Provider } from './certified-provider.ts'
import { configure, type OpenIdProviderOptions } from './openid-configuration.ts'

/** What a test may do to an OpenID provider from another process: arguments and results survive JSON. */
export type OpenIdProviderCommands = ReturnType<typeof createCommands>

/** An OpenID provider with an origin of its own, and an API that takes its tokens. */
export type OpenIdProvider = {
  /** Where it listens, which is its issuer identifier too. */
  readonly url: string
  /** What a test may do to it. */
  readonly commands: OpenIdProviderCommands
  /** Stops it; calling it again does no harm. */
  readonly close: () => Promise<void>
}

/** Starts an OpenID provider on a free port, with the API at `/api`. */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer()
  // The issuer identifier names the port, so that must be known first.
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const provider = new Provider(url, await configure(`${url}/api`, options))
  const log: Log = { tokenRequests: 0, apiCalls: 0, apiRefusals: 0, assertions: [], answersToLose: 0 }
  provider.use(async (context, next) => {
    if (context.path === '/api') return answerApi(provider, log, context)
    await next()
    if (context.path === '/token' && context.method === 'POST') noteTokenRequest(log, context as KoaContextWithOIDC)
  })
  server.on('request', provider.callback())

  let closed: Promise<unknown> | undefined
  const close = async () => {
    closed ??= once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url, commands: createCommands(log), close }
}

/** What has happened so far, and what shall happen next. */
type Log = {
  tokenRequests: number
  apiCalls: number
  apiRefusals: number
  answersToLose: number
  readonly assertions: JWTPayload[]
}

const createCommands = (log: Log) => ({
  /** What has happened so far. */
  counters: ({ tokenRequests, apiCalls, apiRefusals } = log) => ({ tokenRequests, apiCalls, apiRefusals }),
  /** The claims of all assertions that came with token requests. */
  assertions: () => log.assertions,
  /** Answers the next token requests with 503, after the provider has dealt with them. */
  loseAnswers: (count: number) => {
    log.answersToLose = count
  },
})

type Context = Parameters<Parameters<Provider['use']>[0]>[0]

/** Answers with what the provider knows of the token; 401 if it knows of none, or none that is still good. */
async function answerApi(provider: Provider, log: Log, context: Context): Promise<void> {
  context.set('access-control-allow-origin', '*')
  context.set('access-control-allow-headers', 'authorization')
  context.set('access-control-expose-headers', 'www-authenticate')
  if (context.method === 'OPTIONS') {
    context.status = 204
    return
  }
  log.apiCalls += 1
  const [, value = ''] = context.get('authorization').split('Bearer ')
  const token = await provider.ClientCredentials.find(value)
  if (token?.isValid) {
    context.body = { clientId: token.clientId, scope: token.scope, audience: token.aud }
    return
  }
  log.apiRefusals += 1
  context.status = 401
  context.set('www-authenticate', 'Bearer error="invalid_token"')
}

function noteTokenRequest(log: Log, context: KoaContextWithOIDC): void {
  log.tokenRequests += 1
  const assertion = context.oidc.params?.['client_assertion']
  if (typeof assertion === 'string') log.assertions.push(decodeJwt(assertion))
  if (log.answersToLose === 0) return
  log.answersToLose -= 1
  context.body = ''
  context.status = 503
}
