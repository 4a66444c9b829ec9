/**
 * Makes a response that describes an error.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457.html RFC 9457}
 */
export const problem = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json({ title, status }, { status, headers: { ...headers, 'Content-Type': 'application/problem+json' } })
