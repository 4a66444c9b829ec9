import { OperationProcessingError, validateApplicationLevelSignature, type AuthorizationServer } from 'oauth4webapi'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/** The keys that were read anew: the library keeps them per object, for a minute at least. */
const renewed = new WeakMap<AuthorizationServer, { readonly server: AuthorizationServer; readonly at: number }>()

/** A server whose signatures are wrong is not asked for its keys all the time, in milliseconds. */
const coolDown = 10_000

/**
 * Checks the signature of an answer that the library has read, with the provider's published keys. If none of those at hand
 * fits, they may just have been rotated, and are read once more.
 */
export async function checkSignature(
  settings: LoginSettings,
  server: AuthorizationServer,
  response: Response,
): Promise<void> {
  const check = (of: AuthorizationServer) =>
    validateApplicationLevelSignature(of, response, requestOptions(settings, server.jwks_uri ?? ''))
  const { server: current, at } = renewed.get(server) ?? { server, at: 0 }
  try {
    await check(current)
  } catch (error) {
    if (!(error instanceof OperationProcessingError) || Date.now() < at + coolDown) throw error
    const next = { ...server }
    renewed.set(server, { server: next, at: Date.now() })
    await check(next)
  }
}
