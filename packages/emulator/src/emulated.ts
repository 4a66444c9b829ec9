import { emulatedUrl } from './emulated-url.ts'

/**
 * Copies a provider's data, with every `https:` URL in it moved to the server at `baseUrl`.
 *
 * It looks at strings, and at lists of strings; all else is taken over as it is, functions too.
 *
 * @example `orangeAuth({ provider: emulated(orange, server.url) })`
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
