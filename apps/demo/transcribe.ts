/** The parameters whose values are printed. Of all others, only the name is printed. */
const shown = new Set([
  'grant_type',
  'response_type',
  'code_challenge_method',
  'scope',
  'redirect_uri',
  'client_id',
  'token_type_hint',
  'token_type',
  'expires_in',
  'refresh_credit',
  'post_logout_redirect_uri',
  'error',
])

/** A longer list, such as metadata, does not fit on a line. Only its length is printed. */
const maxShown = 10

function listOf(entries: Iterable<readonly [string, unknown]>): string {
  const list = Array.from(entries, ([name, value]) => (shown.has(name) ? `${name}=${String(value)}` : `${name}=…`))
  return list.length > maxShown ? `${list.length} members` : list.join('  ')
}

/** Returns a URL without the address of the emulator, and with values only of the parameters that are not secret. */
export function describeUrl(url: string, server: string): string {
  const { pathname, searchParams, href } = new URL(url)
  const path = href.startsWith(server) ? `https:/${pathname}` : href.replace(/\?.*$/, '')
  return `${path}  ${listOf(searchParams)}`.trim()
}

/** Makes a `fetch` that prints each request and its response, without secrets. */
export const transcribe =
  (server: string): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    const scheme = request.headers.get('authorization')?.split(' ')[0]
    const body = request.headers.get('content-type')?.includes('urlencoded') ? await request.clone().text() : ''
    const response = await fetch(request)
    const isJson = response.headers.get('content-type')?.includes('json')
    const members: unknown = isJson ? await response.clone().json() : {}
    // In one call, so that the lines of requests at the same time are not mixed.
    console.log(
      [
        `  → ${request.method} ${describeUrl(request.url, server)}${scheme ? `  Authorization: ${scheme} …` : ''}`,
        ...(body ? [`      ${listOf(new URLSearchParams(body))}`] : []),
        `  ← ${response.status}  ${listOf(Object.entries(members as object))}`.trimEnd(),
      ].join('\n'),
    )
    return response
  }
