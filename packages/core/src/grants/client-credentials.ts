import type { Grant } from '../grant.ts'

/**
 * Creates the grant that gets a token for the application itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-4.4 RFC 6749 §4.4}
 * @example
 * ```ts
 * import { clientCredentials } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * // This grant is the default, so orangeTokens() does the same.
 * export const tokens = orangeTokens({ grant: clientCredentials() })
 * ```
 */
export function clientCredentials(): Grant {
  return { name: 'client_credentials', identity: '', parameters: () => ({ grant_type: 'client_credentials' }) }
}
