import { jsonResponse } from './http.ts'

/** A response to send unchanged. */
export type ScriptedResponse = {
  /** The HTTP status. */
  readonly status: number
  /**
   * The headers.
   *
   * @defaultValue Only `Content-Type`: `text/plain` for a string, `application/json` for any other value.
   */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * A string to send verbatim, or any other value to send as JSON.
   *
   * @defaultValue No body.
   */
  readonly body?: unknown
}

/**
 * A script, which answers instead of the provider: a response to send unchanged, or a function that makes one.
 *
 * If the function throws, the in-process `fetch` rejects with the same error, like a network error. A server answers
 * 500.
 */
export type Scripted = ScriptedResponse | ((request: Request) => Response | Promise<Response>)

/** Makes the response of a script to `request`. */
export async function toResponse(answer: Scripted, request: Request): Promise<Response> {
  if (typeof answer === 'function') return answer(request)
  const { status, headers, body } = answer
  if (body !== undefined && typeof body !== 'string') return jsonResponse(body, answer)
  const response = new Response(body, { status, ...(headers && { headers }) })
  // Not every runtime sets a type if the caller passes headers.
  if (body !== undefined && !response.headers.has('Content-Type')) response.headers.set('Content-Type', 'text/plain')
  return response
}
