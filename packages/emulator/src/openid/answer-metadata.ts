import type { Address } from '../address.ts'
import { jsonResponse } from '../json-response.ts'
import type { OpenIdContext } from './openid-context.ts'

/**
 * Answers with the metadata, whose addresses are where the sender of this request finds them.
 *
 * @see OpenID Connect Discovery 1.0 §4.2
 */
export function answerMetadata(address: Address, { server, settings }: OpenIdContext): Response {
  const members = { issuer: server.issuer, ...server.metadata }
  const honest = Object.fromEntries(
    // What is no URL stays as it is.
    Object.entries(members).map(([name, value]) => [
      name,
      typeof value === 'string' ? address.addressOf(value) : value,
    ]),
  )
  return jsonResponse(settings.editDiscovery?.(honest) ?? honest)
}
