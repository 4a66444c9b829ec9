/**
 * Parses a URL that secrets are sent to: `https:`, or `http:` on loopback, without a user name or password.
 *
 * @param what - the name of the URL in error messages.
 * @param insecureHosts - further hosts whose URLs may be `http:`, with their ports.
 * @throws `TypeError` for any other text. The message shows at most the URL's origin.
 * @example
 * ```ts
 * import { parseSecureUrl } from '@oauthkit/core/plugin'
 *
 * console.log(parseSecureUrl('https://id.example.com/token', 'tokenEndpoint').host) // id.example.com
 * ```
 */
export function parseSecureUrl(text: string, what: string, insecureHosts: readonly string[] = []): URL {
  if (!text) throw new TypeError(`${what} is missing or empty`)
  if (!URL.canParse(text)) throw new TypeError(`${what} is not an absolute URL`)
  const url = new URL(text)
  if (url.username || url.password) throw new TypeError(`${what} must not hold a user name or password`)
  // If a text is given instead of a list, only the whole text matches. `URL` writes a host in small letters, without the port 80.
  const named = [insecureHosts].flat().map((host: unknown) => String(host).toLowerCase().replace(/:80$/, ''))
  const isLocal = loopback.test(url.hostname) || named.includes(url.host)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) return url
  throw new TypeError(
    `${what} must be https:, since secrets are sent there (http: is for loopback and insecureHosts): ${url.origin}`,
  )
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
