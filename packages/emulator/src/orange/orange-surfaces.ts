import type { Address } from '../address.ts'
import type { Route, RouteErrors } from '../answer-by-route.ts'
import { camaraError } from './camara-error.ts'
import { orangeEndpoints } from './orange-endpoints.ts'
import { orangeError } from './orange-error.ts'
import { franceChallenge } from './orange-openid.ts'
import { playgroundAdminRoutes, playgroundRoutes } from './orange-playground.ts'
import { findShops } from './orange-shops.ts'

/** APIs that take the tokens of the same token endpoint and reject the others in the same way. */
export type Surface = {
  /** The token endpoint whose tokens it takes. */
  readonly endpoint: string
  /** Its paths. */
  readonly routes: ReadonlyMap<string, Route>
  /** How it says that it cannot answer. */
  readonly errors: RouteErrors
  /** How it rejects tokens; `misplaced` is for one that is good elsewhere on the same host. */
  readonly rejections: Readonly<Record<'missing' | 'unknown' | 'expired' | 'misplaced', () => Response>>
}

const classic = {
  routes: new Map([['/poi/v1/shops', { method: 'GET', answer: findShops }]]),
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

const machine: Surface = { ...classic, endpoint: orangeEndpoints.machine }
const inside: Surface = { ...classic, endpoint: orangeEndpoints.inside }
const admin: Surface = { ...camara, endpoint: orangeEndpoints.machine, routes: playgroundAdminRoutes }
const playground: Surface = {
  ...camara,
  endpoint: orangeEndpoints.playground,
  routes: playgroundRoutes,
  rejections: { ...camara.rejections, misplaced: () => camaraError('FORBIDDEN') },
}

const challenge = { 'WWW-Authenticate': franceChallenge }
const france: Surface = {
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

/** The APIs that are about a user of Orange France; what they answer is not emulated. */
const francePaths = ['/formfilling/fr/v1/', '/userdetails/fr/v2/', '/3legged/sandbox/fr/v1/']

/** The surface at an address: one host has several, told apart by path. */
export function surfaceAt({ host, path }: Address): Surface {
  if (host === 'inside01.api.orange.com') return inside
  if (`${path}/`.startsWith('/camara/playground/api/')) return playground
  if (`${path}/`.startsWith('/camara/playground/admin/')) return admin
  if (francePaths.some((prefix) => path.startsWith(prefix))) return france
  return machine
}
