/**
 * Whether a request comes from a page of the app itself, so that no other site can sign a user out. A request with neither
 * header does not: all browsers send at least one of them with a form.
 */
export function isSameOrigin({ headers }: Request, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  return site === null ? headers.get('origin') === origin : site === 'same-origin'
}
