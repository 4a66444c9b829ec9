import type { LoginFailure } from './failure.ts'

/** Whether a browser loads the page before the user has opened it. */
export const isPrefetch = ({ headers }: Request) =>
  ['sec-purpose', 'purpose', 'x-moz'].some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))

/** A failure, and the headers of its cookies. */
type Failed = LoginFailure & { readonly cookies: readonly string[] }

/** What a route answers. */
export type Result = Response | Failed

/** A route of the handler. */
export type Route = (request: Request) => Promise<Result>

/** Answers with another URL. The request to it is a GET, after a POST, too. */
export const redirect = (location: string, cookies: readonly string[]): Response =>
  withHeaders(new Response(null, { status: 303, headers: { location } }), cookies)

/** Adds headers to a response. No cache keeps it, and no page that follows gets its URL, which can have a code. */
export function withHeaders(
  response: Response,
  cookies: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = new Headers(response.headers)
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  const own = { ...more, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  for (const [name, value] of Object.entries(own)) headers.set(name, value)
  return new Response(response.body, { status: response.status, headers })
}
