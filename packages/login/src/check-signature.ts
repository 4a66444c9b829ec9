import { OperationProcessingError, validateApplicationLevelSignature, type AuthorizationServer } from 'oauth4webapi'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/**
 * Holds a copy of each server object. The library caches keys per object, for at least a minute, so with a copy it
 * fetches them again.
 */
const renewed = new WeakMap<AuthorizationServer, { readonly server: AuthorizationServer; readonly at: number }>()

/** The minimum time between two such fetches, in milliseconds. It spares a server whose signatures are wrong. */
const coolDown = 10_000

/**
 * Checks the signature of a response that the library has read, with the provider's published keys.
 *
 * If the check fails with the cached keys, the provider may have rotated them. So this function fetches them again.
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
