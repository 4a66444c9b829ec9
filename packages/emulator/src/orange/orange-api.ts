import type { Address, RuleContext } from '../emulated-provider.ts'
import { readBearer } from '../oauth.ts'
import { answerByRoute, type Route, type RouteErrors } from '../routes.ts'
import { camaraError, orangeError } from './orange-errors.ts'
import { machineRoutes, playgroundAdminRoutes, playgroundRoutes } from './orange-routes.ts'
import { franceChallenge, orangeEndpoints } from './orange-servers.ts'

/** APIs that accept the tokens of the same token endpoint, and reject other tokens in the same way. */
type ApiGroup = {
  /** The token endpoint whose tokens they accept. */
  readonly endpoint: string
  /** Their paths. */
  readonly routes: ReadonlyMap<string, Route>
  /** Their error responses to calls that they cannot answer. */
  readonly errors: RouteErrors
  /** Their rejections of tokens. `misplaced` is for a token that other APIs on the same host accept. */
  readonly rejections: Readonly<Record<'missing' | 'unknown' | 'expired' | 'misplaced', () => Response>>
}

const classic = {
  routes: machineRoutes,
  errors: {
    notFound: () => orangeError(60),
    wrongMethod: (allow: string) => orangeError(61, { Allow: allow }),
    badBody: () => orangeError(22),
  },
  rejections: {
    missing: () => orangeError(40),
    unknown: () => orangeError(41),
    expired: () => orangeError(42),
    misplaced: () => orangeError(41),
  },
}

const unauthenticated = () => camaraError('UNAUTHENTICATED')

const camara = {
  errors: {
    notFound: () => camaraError('NOT_FOUND'),
    wrongMethod: (allow: string) => camaraError('METHOD_NOT_ALLOWED', { Allow: allow }),
    badBody: () => camaraError('INVALID_ARGUMENT'),
  },
  rejections: {
    missing: unauthenticated,
    unknown: unauthenticated,
    expired: unauthenticated,
    misplaced: unauthenticated,
  },
}

const machine: ApiGroup = { ...classic, endpoint: orangeEndpoints.machine }
const inside: ApiGroup = { ...classic, endpoint: orangeEndpoints.inside }
const admin: ApiGroup = { ...camara, endpoint: orangeEndpoints.machine, routes: playgroundAdminRoutes }
const playground: ApiGroup = {
  ...camara,
  endpoint: orangeEndpoints.playground,
  routes: playgroundRoutes,
  rejections: { ...camara.rejections, misplaced: () => camaraError('FORBIDDEN') },
}

const challenge = { 'WWW-Authenticate': franceChallenge }
const france: ApiGroup = {
  ...classic,
  endpoint: orangeEndpoints.france,
  routes: new Map(),
  rejections: {
    missing: () => orangeError(40, challenge),
    unknown: () => orangeError(41, challenge),
    expired: () => orangeError(42, challenge),
    misplaced: () => orangeError(41, challenge),
  },
}

/** The paths of the APIs about users of Orange France. Their responses are not emulated. */
const francePaths = ['/formfilling/fr/v1/', '/userdetails/fr/v2/', '/3legged/sandbox/fr/v1/']

/** Returns the group of APIs at an address. One host has several, each with its own paths. */
function apiGroupAt({ host, path }: Address): ApiGroup {
  if (host === 'inside01.api.orange.com') return inside
  if (`${path}/`.startsWith('/camara/playground/api/')) return playground
  if (`${path}/`.startsWith('/camara/playground/admin/')) return admin
  if (francePaths.some((prefix) => path.startsWith(prefix))) return france
  return machine
}

/**
 * Answers a call to one of Orange's APIs.
 *
 * @see {@link https://developer.orange.com/resources/orange-apis-error-handling | Best practices for API error handling}
 */
export async function answerOrangeCall(request: Request, address: Address, context: RuleContext): Promise<Response> {
  const { endpoint, routes, errors, rejections } = apiGroupAt(address)
  // The word must be exactly `Bearer`: Orange documents a missing or different prefix as missing credentials.
  const accessToken = readBearer(request)
  if (accessToken === undefined) return rejections.missing()
  const token = context.findToken(accessToken)
  // A client must request the token on the host of the API. A token of another host is rejected as unknown.
  if (!token?.endpoint.startsWith(`${address.host}/`)) return rejections.unknown()
  if (token.isExpired) return rejections.expired()
  if (token.endpoint !== endpoint) return rejections.misplaced()
  return answerByRoute(routes, request, address.path, errors)
}
