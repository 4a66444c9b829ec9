import { jsonResponse, splitAuthorization } from './http.ts'
import { apiError } from './oauth.ts'

/** The handler of one method of a path. */
export type Route = {
  /** The method that it answers. */
  readonly method: string
  /** Answers a call. */
  readonly answer: (request: Request) => Response | Promise<Response>
}

/** A provider's error responses to calls that it cannot answer. */
export type RouteErrors = {
  /** Nothing is at this path. */
  readonly notFound: () => Response
  /** The path answers only the methods `allow`. */
  readonly wrongMethod: (allow: string) => Response
  /** The body does not match its content type. */
  readonly badBody: () => Response
}

/** The errors of an API whose errors look like OAuth's. */
export const apiErrors: RouteErrors = {
  notFound: () => apiError(404, 'not_found', 'There is nothing at this path'),
  wrongMethod: (allow) => apiError(405, 'method_not_allowed', `The method must be ${allow}`, { Allow: allow }),
  badBody: () => apiError(400, 'invalid_request', 'The body could not be read'),
}

/** Answers a call beyond the limit that the emulator's user set, with an error like OAuth's. */
export const tooManyCalls = (): Response => apiError(429, 'too_many_requests', 'Too many calls in a minute')

/** Answers a call whose token is accepted. On every provider, a path that ends with `/echo` describes the request. */
export async function answerByRoute(
  routes: ReadonlyMap<string, Route | readonly Route[]>,
  request: Request,
  path: string,
  errors: RouteErrors,
): Promise<Response> {
  if (path.endsWith('/echo')) return echo(request).catch(errors.badBody)
  const known = [routes.get(path) ?? []].flat()
  if (known.length === 0) return errors.notFound()
  const route = known.find(({ method }) => method === request.method)
  return route ? route.answer(request) : errors.wrongMethod(known.map(({ method }) => method).join(', '))
}

/**
 * Describes the request to its sender, so that tests see a call's body as a server does.
 *
 * No real provider has such a path. The response holds the scheme of the `Authorization` header, never the token.
 *
 * @throws `TypeError` if the content type is `multipart/form-data` and the body is not.
 */
async function echo(request: Request): Promise<Response> {
  const body = await request.arrayBuffer()
  const contentType = request.headers.get('Content-Type')
  const authorization = splitAuthorization(request.headers.get('Authorization')).scheme
  const text = new TextDecoder().decode(body)
  const answer = { method: request.method, contentType, length: body.byteLength, text, authorization }
  if (!contentType?.toLowerCase().startsWith('multipart/form-data')) return jsonResponse(answer)

  const form = await new Response(body, { headers: { 'Content-Type': contentType } }).formData()
  return jsonResponse({ ...answer, form: await Promise.all([...form].map(readEntry)) })
}

async function readEntry([name, value]: [string, FormDataEntryValue]): Promise<[string, unknown]> {
  if (typeof value === 'string') return [name, value]
  return [name, { name: value.name, type: value.type, text: await value.text() }]
}
