import { jsonResponse } from './http.ts'

/** An answer to send as it is. */
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
 * What a script answers instead of the provider: an answer to send as it is, or a function that makes one.
 *
 * What the function throws, the in-process `fetch` rejects with, like a network error; a server answers 500.
 */
export type Scripted = ScriptedResponse | ((request: Request) => Response | Promise<Response>)

/** Turns a scripted answer into the response to `request`. */
export async function toResponse(answer: Scripted, request: Request): Promise<Response> {
  if (typeof answer === 'function') return answer(request)
  const { status, headers, body } = answer
  if (body !== undefined && typeof body !== 'string') return jsonResponse(body, answer)
  const response = new Response(body, { status, ...(headers && { headers }) })
  // Not every runtime names a type when it is given headers.
  if (body !== undefined && !response.headers.has('Content-Type')) response.headers.set('Content-Type', 'text/plain')
  return response
}
