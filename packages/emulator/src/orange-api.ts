import { echo } from './echo.ts'
import { orangeError } from './orange-error.ts'
import { findShops } from './orange-shops.ts'
import type { RuleContext } from './provider.ts'
import { splitAuthorization } from './split-authorization.ts'

type Route = {
  /** The one method it answers; every method if there is none. */
  readonly method?: string
  readonly answer: (request: Request) => Response | Promise<Response>
}

const routes: ReadonlyMap<string, Route> = new Map([
  ['/poi/v1/shops', { method: 'GET', answer: findShops }],
  ['/echo', { answer: (request) => echo(request).catch(() => orangeError(22)) }],
] satisfies [string, Route][])

/**
 * Answers a call to Orange's API.
 *
 * @see {@link https://developer.orange.com/resources/orange-apis-error-handling | Best practices for API error handling}
 */
export async function answerApiCall(request: Request, path: string, context: RuleContext): Promise<Response> {
  const { scheme, value } = splitAuthorization(request.headers.get('Authorization'))
  // Letter for letter as Orange writes it: a missing or different prefix is documented as missing credentials.
  if (scheme !== 'Bearer' || value === '') return orangeError(40)
  const state = context.tokenState(value)
  if (state === 'unknown') return orangeError(41)
  if (state === 'expired') return orangeError(42)

  const route = routes.get(path)
  if (!route) return orangeError(60)
  if (route.method && route.method !== request.method) return orangeError(61, { Allow: route.method })
  return route.answer(request)
}
