import type { Provider } from './provider.ts'
import type { TokenSourceOptions } from './settings.ts'

/**
 * Completes the options of a provider package: its provider, and the credentials that are missing and needed from the
 * environment variables `<PREFIX>_CLIENT_ID` and `<PREFIX>_CLIENT_SECRET`, on Node, Deno and Bun.
 *
 * The secret is not needed where the options or the grant bring a client authentication of their own.
 *
 * @throws `TypeError` if a variable that is needed is not set or empty; it names the variable.
 */
export function fromEnvironment(options: TokenSourceOptions, provider: Provider, prefix: string): TokenSourceOptions {
  const { grant } = options
  const ownAuth = options.clientAuth ?? grant?.clientAuth
  return {
    ...options,
    provider: options.provider ?? grant?.provider ?? provider,
    clientId: options.clientId ?? grant?.clientId ?? read(`${prefix}_CLIENT_ID`, 'clientId'),
    clientSecret: options.clientSecret ?? (ownAuth ? undefined : read(`${prefix}_CLIENT_SECRET`, 'clientSecret')),
  }
}

function read(variable: string, option: string): string {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  const value = process?.env?.[variable]
  if (!value) throw new TypeError(`${variable} is not set: set that environment variable, or give the option ${option}`)
  return value
}
