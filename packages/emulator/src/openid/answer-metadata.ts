import { jsonResponse } from '../json-response.ts'
import type { Place } from '../place.ts'
import type { OpenIdContext } from './openid-context.ts'

/**
 * Answers with the metadata, whose addresses are where the sender of this request finds them.
 *
 * @see OpenID Connect Discovery 1.0 §4.2
 */
export function answerMetadata(place: Place, { server, settings }: OpenIdContext): Response {
  const members = { issuer: server.issuer, ...server.metadata }
  const honest = Object.fromEntries(
    // What is no URL stays as it is.
    Object.entries(members).map(([name, value]) => [name, typeof value === 'string' ? place.addressOf(value) : value]),
  )
  return jsonResponse(settings.editDiscovery?.(honest) ?? honest)
}
