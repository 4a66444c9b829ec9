/**
 * Parses a URL that secrets are sent to: `https:`, or `http:` on loopback, without a user name or password.
 *
 * @param what - the name of the URL in error messages.
 * @throws `TypeError` for any other text. The message shows at most the URL's origin.
 * @example
 * ```ts
 * import { parseSecureUrl } from '@oauthkit/core/plugin'
 *
 * console.log(parseSecureUrl('https://id.example.com/token', 'tokenEndpoint').host) // id.example.com
 * ```
 */
export function parseSecureUrl(text: string, what: string): URL {
  if (!URL.canParse(text)) throw new TypeError(`${what} is not an absolute URL`)
  const url = new URL(text)
  if (url.username || url.password) throw new TypeError(`${what} must not hold a user name or password`)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname))) return url
  throw new TypeError(
    `${what} must be https:, since secrets are sent there (http: is for loopback only): ${url.origin}`,
  )
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
