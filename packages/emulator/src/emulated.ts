/**
 * Copies a provider's data, and moves every `https:` URL in it to the server at `baseUrl`.
 *
 * It moves strings and lists of strings. All other values, such as functions, are copied unchanged.
 *
 * @example
 * ```ts
 * import { createEmulator, emulated } from '@oauthkit/emulator'
 * import { serve } from '@oauthkit/emulator/server'
 * import { orange, orangeTokens } from '@oauthkit/orange'
 *
 * const server = await serve(createEmulator())
 * const provider = emulated(orange, server.url)
 * const client = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
 * const { expiresAt } = await orangeTokens({ provider, ...client }).getToken()
 * console.log(provider.apis, expiresAt)
 * await server.close()
 * ```
 */
export function emulated<T extends object>(provider: T, baseUrl: string | URL): T {
  const move = (value: unknown): unknown => {
    if (typeof value === 'string') return emulatedUrl(value, baseUrl)
    return Array.isArray(value)
      ? value.map((item) => (typeof item === 'string' ? emulatedUrl(item, baseUrl) : item))
      : value
  }
  return Object.fromEntries(Object.entries(provider).map(([name, value]) => [name, move(value)])) as T
}

/**
 * Returns the URL of an emulated host on the server at `baseUrl`: `https://host/path` becomes `baseUrl/host/path`.
 *
 * Any other text than an `https:` URL is returned unchanged.
 *
 * @example
 * ```ts
 * import { emulatedUrl } from '@oauthkit/emulator'
 *
 * console.log(emulatedUrl('https://api.orange.com/poi', 'http://127.0.0.1:8080'))
 * // http://127.0.0.1:8080/api.orange.com/poi
 * ```
 */
export function emulatedUrl(url: string, baseUrl: string | URL): string {
  const [, rest] = /^https:\/\/[^/?#]+(.*)$/is.exec(url) ?? []
  if (rest === undefined || !URL.canParse(url)) return url
  // Only the host comes from the parsed URL, which drops `:443`. The path is kept exactly, even a slash at its end.
  return `${String(baseUrl).replace(/\/+$/, '')}/${new URL(url).host}${rest}`
}
