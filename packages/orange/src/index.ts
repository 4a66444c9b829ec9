/**
 * Orange API tokens for the ky HTTP client.
 *
 * @packageDocumentation
 */
export { isOAuthError, type OAuthError } from '@oauthkit/core'
export { orange, orangeFrance, orangeInside, orangeMatchIdFrance, orangePlayground, orangeSpain } from './orange.ts'
export { orangeAuth, orangeTokens, type OrangeOptions } from './orange-auth.ts'
