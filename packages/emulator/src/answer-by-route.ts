import { echo } from './echo.ts'

/** What answers the calls to one path. */
export type Route = {
  /** The one method it answers. */
  readonly method: string
  /** Answers a call. */
  readonly answer: (request: Request) => Response | Promise<Response>
}

/** How a provider words that it cannot answer. */
export type RouteErrors = {
  /** There is nothing at this path. */
  readonly notFound: () => Response
  /** There is something, but for the method `allow`. */
  readonly wrongMethod: (allow: string) => Response
  /** The body is not what its type says. */
  readonly badBody: () => Response
}

/** Answers a call that may be made; a path that ends with `/echo` tells what arrived, on every provider. */
export async function answerByRoute(
  routes: ReadonlyMap<string, Route>,
  request: Request,
  path: string,
  errors: RouteErrors,
): Promise<Response> {
  if (path.endsWith('/echo')) return echo(request).catch(errors.badBody)
  const route = routes.get(path)
  if (!route) return errors.notFound()
  return route.method === request.method ? route.answer(request) : errors.wrongMethod(route.method)
}
