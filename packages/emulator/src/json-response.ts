/** How to send a value as JSON. */
export type JsonResponseOptions = {
  /**
   * The HTTP status.
   *
   * @defaultValue 200
   */
  readonly status?: number
  /**
   * The headers; a `Content-Type` among them replaces `application/json`.
   *
   * @defaultValue None.
   */
  readonly headers?: Readonly<Record<string, string>>
}

/** Makes a JSON response that is the same on every runtime; `Response.json` adds a charset on some. */
export function jsonResponse(body: unknown, options: JsonResponseOptions = {}): Response {
  const headers = new Headers(options.headers)
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status: options.status ?? 200, headers })
}
