/**
 * Digitaleo API tokens for the ky HTTP client.
 *
 * @packageDocumentation
 */
export { isOAuthError, type OAuthError } from '@oauthkit/core'
export { digitaleo } from './digitaleo.ts'
export { digitaleoAuth, digitaleoTokens, type DigitaleoOptions } from './digitaleo-auth.ts'
