/**
 * Signs users in with OpenID Connect, for oauthkit: authorization code with PKCE, user info, revocation, log-out.
 *
 * @packageDocumentation
 */
export { createLogin, type ClaimsFor, type Login, type LoginOptions } from './create-login.ts'
export { isOAuthError, type OAuthError } from '@oauthkit/core'
export type { EndSessionOptions } from './end-session-url.ts'
export type { IdTokenClaims } from './check-id-token.ts'
export type { LoginRequest, StartOptions } from './start-login.ts'
export type { LoginTransaction } from './transaction.ts'
export type { UserInfo } from './fetch-user-info.ts'
export { userLogin } from './user-login.ts'
