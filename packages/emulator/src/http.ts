/** How to send a value as JSON. */
export type JsonResponseOptions = {
  /**
   * The HTTP status.
   *
   * @defaultValue 200
   */
  readonly status?: number
  /**
   * The headers. A `Content-Type` among them replaces `application/json`.
   *
   * @defaultValue None.
   */
  readonly headers?: Readonly<Record<string, string>>
}

/** Makes a JSON response that is the same on every runtime. `Response.json` adds a charset on some. */
export function jsonResponse(body: unknown, options: JsonResponseOptions = {}): Response {
  const headers = new Headers(options.headers)
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status: options.status ?? 200, headers })
}

/** Parses a text that holds a JSON object. Returns `undefined` for any other text. */
export function readJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Callers treat a text that is not JSON like JSON of another type.
  }
  return undefined
}

/**
 * Reads a time in milliseconds from a command's body.
 *
 * @throws `TypeError` if it is no number, negative or infinite, as JSON's `1e999` is.
 */
export function readMs(ms: unknown): number {
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0) return ms
  throw new TypeError('The body must be JSON like { "ms": 1000 }, not negative')
}

/**
 * Reads a form, or returns a text that says what is wrong with it.
 *
 * @see RFC 6749 §3.2
 */
export async function readForm(request: Request): Promise<URLSearchParams | string> {
  if (mediaTypes(request.headers.get('Content-Type')).join() !== 'application/x-www-form-urlencoded') {
    return 'The body must be application/x-www-form-urlencoded'
  }
  const form = new URLSearchParams(await request.text())
  const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1)
  return repeated === undefined ? form : `Repeated parameter ${repeated}`
}

/** Returns the media types in an `Accept` or `Content-Type` header, in lower case and without parameters. */
export function mediaTypes(header: string | null): string[] {
  return (header ?? '').split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase())
}

/** Splits an `Authorization` header at its first space. Without a header, both parts are empty. */
export function splitAuthorization(header: string | null): { scheme: string; value: string } {
  const [scheme = '', ...rest] = (header ?? '').split(' ')
  return { scheme, value: rest.join(' ') }
}
