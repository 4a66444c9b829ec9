/**
 * My Provider API tokens for the ky HTTP client.
 *
 * @packageDocumentation
 */
export { isOAuthError, type OAuthError } from '@oauthkit/core'
export { myProvider } from './my-provider.ts'
export { myProviderAuth, myProviderTokens, type MyProviderOptions } from './my-provider-auth.ts'
