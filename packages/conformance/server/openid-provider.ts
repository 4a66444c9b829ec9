import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, type JWTPayload } from 'jose'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { openBrowser } from './browser.ts'
import { Provider } from './certified-provider.ts'
import { answerInteraction } from './interactions.ts'
import { configure, rotateKeys, type OpenIdProviderOptions } from './openid-configuration.ts'

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
  const log: Log = { tokenRequests: 0, apiCalls: 0, apiRejections: 0, assertions: [], answersToLose: 0, requests: [] }

  let configuration = await configure(`${url}/api`, options)
  const handlerOf = (setup: Configuration) => createProvider(url, setup, log).callback()
  let handle = handlerOf(configuration)
  server.on('request', (request, response) => void handle(request, response))

  /** The provider cannot change its keys, so another takes its place: it remembers the same, and signs with a new key. */
  const rotate = async () => {
    configuration = { ...configuration, jwks: await rotateKeys(configuration.jwks ?? { keys: [] }) }
    handle = handlerOf(configuration)
  }

  let closed: Promise<unknown> | undefined
  const close = async () => {
    closed ??= once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url, commands: createCommands(log, rotate), close }
}

/** What has happened so far, and what shall happen next. */
type Log = {
  tokenRequests: number
  apiCalls: number
  apiRejections: number
  answersToLose: number
  readonly assertions: JWTPayload[]
  /** Method and path of every request but those that browsers send ahead. */
  readonly requests: string[]
}

const createCommands = (log: Log, rotate: () => Promise<void>, browse = openBrowser()) => ({
  /** What has happened so far. */
  counters: ({ tokenRequests, apiCalls, apiRejections } = log) => ({ tokenRequests, apiCalls, apiRejections }),
  /** How often something was asked for, such as `GET /jwks`. */
  requestsFor: (what: string) => log.requests.filter((request) => request === what).length,
  /** The claims of all assertions that came with token requests. */
  assertions: () => log.assertions,
  /** Answers the next token requests with 503, after the provider has dealt with them. */
  loseAnswers: (count: number) => {
    log.answersToLose = count
  },
  /** Signs with a new key from now on; the old ones stay published. */
  rotateKeys: rotate,
  /** Does with a browser what a user does to sign in or out, and says where that browser is sent in the end. */
  browse,
})

type Context = Parameters<Parameters<Provider['use']>[0]>[0]

function createProvider(url: string, setup: Configuration, log: Log): Provider {
  const provider = new Provider(url, setup)
  provider.use(async (context, next) => {
    const { method, path } = context
    if (method !== 'OPTIONS') log.requests.push(`${method} ${path}`)
    if (path === '/api') return answerApi(provider, log, context)
    if (path.startsWith('/interaction/')) return answerInteraction(provider, context)
    await next()
    if (path === '/token' && method === 'POST') noteTokenRequest(log, context as KoaContextWithOIDC)
  })
  return provider
}

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
  const own = await provider.ClientCredentials.find(value)
  const users = own ? undefined : await provider.AccessToken.find(value)
  const token = own ?? users
  if (token?.isValid) {
    context.body = { clientId: token.clientId, scope: token.scope, audience: token.aud, user: users?.accountId }
    return
  }
  log.apiRejections += 1
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
