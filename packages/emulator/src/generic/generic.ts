import { clientSecretPost, none, type Provider } from '@oauthkit/core'
import type { Address, EmulatedProvider, RuleContext, Rules } from '../emulated-provider.ts'
import { jsonResponse } from '../http.ts'
import { apiError, errorResponse, readBearer, tokenResponse } from '../oauth.ts'
import { createOpenId, type OpenId } from '../openid/create-openid.ts'
import { createOpenIdCommands } from '../openid/openid-commands.ts'
import type { OpenIdServer } from '../openid/openid-server.ts'
import { createOpenIdSettings, type OpenIdSettings } from '../openid/openid-settings.ts'
import { randomText } from '../random.ts'
import { answerByRoute, apiErrors, tooManyCalls, type Route } from '../routes.ts'
import { createAssertions } from './assertions.ts'
import { authenticate, jwtBearer } from './authenticate.ts'
import type { GenericOptions } from './generic-options.ts'
import { readRequest } from './read-request.ts'

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** Returns a URL without its scheme and query, as the emulator compares addresses. */
const addressOf = (url: string) => new URL(url).host + new URL(url).pathname

/** Describes a provider of the user's own to the emulator. */
export function emulateProvider(name: string, options: GenericOptions): EmulatedProvider<OpenIdSettings> {
  const { provider, userClaims = { sub: 'emulated-sub' } } = options
  const server = describeServer(provider)
  const urls = [provider.tokenEndpoint, provider.revocationEndpoint, ...provider.apis]
  const hosts = urls.flatMap((url) => (url === undefined ? [] : [new URL(url).host]))
  const isInsecure = (url: string) => !url.startsWith('https:') && !provider.insecureHosts?.includes(new URL(url).host)
  const insecure = [provider.tokenEndpoint, ...provider.apis].find(isInsecure)
  if (insecure !== undefined)
    throw new TypeError(`${provider.name}: the host of ${insecure} must be https:, or named in insecureHosts`)
  const signInHosts = Object.values(server.endpoints).map((address) => address.split('/')[0] ?? '')
  return {
    name,
    hosts: [...new Set([...hosts, ...signInHosts])],
    insecureHosts: provider.insecureHosts ?? [],
    tokenEndpoints: [server.endpoints.token],
    lifetimeMs: provider.defaultLifetimeMs ?? 3_600_000,
    createSettings: () => createOpenIdSettings(name, userClaims),
    createRules: (context) => createRules(options, server, context),
  }
}

function createRules(options: GenericOptions, server: OpenIdServer, context: RuleContext<OpenIdSettings>): Rules {
  const { provider, publicKeys = {} } = options
  const { revocation } = server.endpoints
  const openId = createOpenId(server, context)
  const assertions = createAssertions(publicKeys, context.clock)
  const routes = readRoutes(options)
  /** The tokens that a call has used, if each is for one call. */
  const used = new Set<string>()

  const write = options.writeTokenResponse
  const rename = async (response: Response): Promise<Response> => {
    if (!write) return response
    const members = (await response.json()) as Record<string, unknown>
    return jsonResponse(write(members, response.status), { status: response.status })
  }

  const clientOf = (request: Request, form: URLSearchParams, address: Address, endpoint: string) => {
    const { assertionAudience, issuer } = provider
    const names = [endpoint, ...(issuer === undefined ? [] : [issuer])]
    const audiences =
      assertionAudience === undefined ? [...names, ...names.map(address.addressOf)] : [assertionAudience]
    return authenticate(request, form, provider, endpoint, audiences, context.settings.clients, assertions)
  }

  const answerTokenRequest = async (request: Request, address: Address): Promise<Response> => {
    const form = await readRequest(request, provider.tokenEndpoint, provider.tokenRequest)
    if (typeof form === 'string') return errorResponse(400, 'invalid_request', form)
    const clientId = await clientOf(request, form, address, provider.tokenEndpoint)
    if (clientId === undefined) return errorResponse(401, 'invalid_client', 'The client credentials are wrong')
    return answerGrant(form, clientId, address, options, context, openId)
  }

  const revoke = async (request: Request, address: Address): Promise<Response> => {
    const form = await readRequest(request, provider.revocationEndpoint ?? '')
    if (typeof form === 'string') return errorResponse(400, 'invalid_request', form)
    const clientId = await clientOf(request, form, address, provider.revocationEndpoint ?? '')
    if (clientId === undefined) return errorResponse(401, 'invalid_client', 'The client credentials are wrong')
    if (!openId.revoke(form.get('token') ?? '', clientId))
      return errorResponse(400, 'invalid_grant', "The token is another client's")
    return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
  }

  const answerApiCall = async (request: Request, { host, path }: Address): Promise<Response> => {
    if (host + path === server.endpoints.userInfo) return openId.answerUserInfo(request)
    const [status = 401] = provider.rejectedStatuses ?? []
    const reject = (why: string) =>
      context.countRejection(
        apiError(status, 'invalid_token', why, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }),
      )
    const accessToken = readBearer(request) ?? ''
    const token = context.findToken(accessToken)
    if (!token || token.isExpired) return reject('A valid Bearer token is needed')
    if (!isWithin(provider, host + path)) return reject('The token is not for this API')
    if (provider.singleUse && used.has(accessToken)) return reject('The token was used by another call')
    used.add(accessToken)
    const call = { token: { accessToken }, method: request.method, url: `https://${host}${path}` }
    const needed = new Headers(await provider.headers?.(call))
    const missing = [...needed.keys()].find((header) => !request.headers.has(header))
    if (missing !== undefined) return apiError(400, 'invalid_request', `The header ${missing} is missing`)
    return answerByRoute(routes, request, path, apiErrors)
  }

  return {
    answerTokenRequest: async (request, address) => rename(await answerTokenRequest(request, address)),
    answerApiCall,
    answerPage: (request, address) =>
      address.host + address.path === revocation ? revoke(request, address) : openId.answerPage(request, address),
    answerTooManyCalls: tooManyCalls,
    commands: createOpenIdCommands(context.settings),
    reset: () => {
      used.clear()
      assertions.reset()
      context.settings.keys.reset()
      openId.reset()
    },
  }
}

/** Answers the token request of a client whose credentials are right. */
async function answerGrant(
  form: URLSearchParams,
  clientId: string,
  address: Address,
  { provider, grants = {} }: GenericOptions,
  context: RuleContext<OpenIdSettings>,
  openId: OpenId,
): Promise<Response> {
  const grantType = form.get('grant_type') ?? ''
  if (openId.grantTypes().includes(grantType)) return openId.answerGrant(form, clientId, address)
  const subject = context.findToken(form.get('subject_token') ?? '')
  const checks: Readonly<Record<string, boolean | undefined>> = {
    // Some servers have only this grant, and do not ask for its name.
    '': provider.tokenRequest !== undefined,
    client_credentials: true,
    [jwtBearer]: form.has('assertion'),
    [tokenExchange]: subject !== undefined && !subject.isExpired,
    ...(Object.hasOwn(grants, grantType) && { [grantType]: grants[grantType]?.(form) ?? false }),
  }
  const isGood = Object.hasOwn(checks, grantType) ? checks[grantType] : undefined
  if (isGood === undefined) return errorResponse(400, 'unsupported_grant_type', 'The grant type is not supported')
  if (!isGood) return errorResponse(400, 'invalid_grant', 'The grant is not valid')
  const scope = form.get('scope')
  const { accessToken, leftMs, ...token } = context.issueToken({
    endpoint: address.host + address.path,
    clientId,
    makeToken: () => randomText(32),
    ...(scope && { scope }),
  })
  return tokenResponse({
    access_token: accessToken,
    expires_in: Math.floor(leftMs / 1000),
    token_type: provider.tokenTypes?.[0] ?? 'Bearer',
    ...(token.scope && { scope: token.scope }),
  })
}

/** Whether an address is that of an API of the provider, and of none of its exceptions. */
function isWithin({ apis, exceptApis = [] }: Provider, address: string): boolean {
  const isBelow = (url: string) => `${address}/`.startsWith(`${addressOf(url).replace(/\/$/, '')}/`)
  return apis.some(isBelow) && !exceptApis.some(isBelow)
}

/** Reads `GET /v1/shops` as a route. A path can have a route for each method. */
function readRoutes({ routes = {} }: GenericOptions): ReadonlyMap<string, readonly Route[]> {
  const byPath = new Map<string, Route[]>()
  for (const [name, answer] of Object.entries(routes)) {
    const [method = '', path = ''] = name.split(' ')
    if (!/^[A-Z]+$/.test(method) || !path.startsWith('/'))
      throw new TypeError(`The route ${name} must be a method and a path, such as GET /v1/shops`)
    byPath.set(path, [...(byPath.get(path) ?? []), { method, answer }])
  }
  return byPath
}

/** Describes where users sign in. What the provider's data leaves out is below its issuer. */
function describeServer(provider: Provider): OpenIdServer {
  const { tokenEndpoint, userinfoMethod = 'GET', clientAuth } = provider
  const authMethod = clientAuth === clientSecretPost ? 'client_secret_post' : clientAuth === none ? 'none' : undefined
  const issuer = provider.issuer ?? new URL(tokenEndpoint).origin
  const base = issuer.replace(/\/$/, '')
  const urls = {
    authorization: provider.authorizationEndpoint ?? `${base}/authorize`,
    token: tokenEndpoint,
    userInfo: provider.userinfoEndpoint ?? `${base}/userinfo`,
    jwks: provider.jwksUri ?? `${base}/jwks`,
    discovery: provider.discoveryUrl ?? `${base}/.well-known/openid-configuration`,
    endSession: provider.endSessionEndpoint ?? `${base}/logout`,
    ...(provider.revocationEndpoint !== undefined && { revocation: provider.revocationEndpoint }),
  }
  const endpoints = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, addressOf(url)]))
  return {
    title: provider.name,
    issuer,
    endpoints: endpoints as OpenIdServer['endpoints'],
    metadata: {
      authorization_endpoint: urls.authorization,
      token_endpoint: urls.token,
      userinfo_endpoint: urls.userInfo,
      jwks_uri: urls.jwks,
      end_session_endpoint: urls.endSession,
      ...(urls.revocation !== undefined && { revocation_endpoint: urls.revocation }),
      ...(authMethod !== undefined && { token_endpoint_auth_methods_supported: [authMethod] }),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
    isStateRequired: false,
    grantScope: (asked) => asked,
    idTokenClaims: [],
    tellUserInfo: (claims) => claims,
    userInfoMethods: [userinfoMethod],
    badTokenChallenge: 'Bearer error="invalid_token"',
    makeText: () => randomText(32),
    answerExtras: {},
  }
}
