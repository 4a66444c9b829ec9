import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, type JWTPayload } from 'jose'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { openBrowser } from './browser.ts'
import { Provider } from './certified-provider.ts'
import { answerInteraction } from './interactions.ts'
import { configure, rotateKeys, type OpenIdProviderOptions } from './openid-configuration.ts'

/** The commands that a test can send to a provider from another process. Arguments and results survive JSON. */
export type OpenIdProviderCommands = ReturnType<typeof createCommands>

/** An OpenID provider with its own origin, and an API that accepts its tokens. */
export type OpenIdProvider = {
  /** The URL that it listens at, which is also its issuer identifier. */
  readonly url: string
  /** The commands that a test can send to it. */
  readonly commands: OpenIdProviderCommands
  /** Stops it. It can be called again. */
  readonly close: () => Promise<void>
}

/** Starts an OpenID provider on a free port, with the API at `/api`. */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer()
  // The issuer identifier contains the port, so the port must be known first.
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const log: Log = { tokenRequests: 0, apiCalls: 0, apiRejections: 0, assertions: [], answersToLose: 0, requests: [] }

  let configuration = await configure(`${url}/api`, options)
  const handlerOf = (setup: Configuration) => createProvider(url, setup, log).callback()
  let handle = handlerOf(configuration)
  server.on('request', (request, response) => void handle(request, response))

  /**
   * The provider cannot change its keys, so a new provider replaces it. The new one has the same storage, and signs
   * with a new key.
   */
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

/** The requests so far, and the number of token responses to lose next. */
type Log = {
  tokenRequests: number
  apiCalls: number
  apiRejections: number
  answersToLose: number
  readonly assertions: JWTPayload[]
  /** Method and path of every request, except the preflight requests of browsers. */
  readonly requests: string[]
}

const createCommands = (log: Log, rotate: () => Promise<void>, browse = openBrowser()) => ({
  /** Returns the numbers of requests so far. */
  counters: ({ tokenRequests, apiCalls, apiRejections } = log) => ({ tokenRequests, apiCalls, apiRejections }),
  /** Counts the requests with this method and path, such as `GET /jwks`. */
  requestsFor: (what: string) => log.requests.filter((request) => request === what).length,
  /** Returns the claims of all assertions in token requests. */
  assertions: () => log.assertions,
  /** Answers the next token requests with 503, after the provider has processed them. */
  loseAnswers: (count: number) => {
    log.answersToLose = count
  },
  /** Signs with a new key from now on. The old keys stay published. */
  rotateKeys: rotate,
  /** Signs a user in or out with a browser. Returns the URL at the app that the browser is sent to at the end. */
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

/** Answers with the provider's data about the token, or with 401 if the token is unknown or not valid any more. */
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
