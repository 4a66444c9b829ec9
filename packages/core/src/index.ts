/**
 * The life of an OAuth 2.0 token, for the ky HTTP client: get it, keep it, renew it, and attach it to the calls that need it.
 *
 * @packageDocumentation
 */
export { bearer, type BearerState, type SelectSource } from './request/bearer.ts'
export { bearerFetch } from './request/bearer-fetch.ts'
export { clientSecretBasic, clientSecretPost, needsClientSecret, none, plainBasic } from './endpoint/client-auth.ts'
export { resolveCredential, type Credential } from './endpoint/credential.ts'
export { fromEnvironment, readEnvironment } from './plugin/environment.ts'
export { oauthError, OAuthError, isOAuthError, type OAuthErrorCode, type OAuthErrorDetails } from './errors.ts'
export type { RenewalReason, TokenEvent, TokenEventDetails } from './events.ts'
export type { ClientOptions, FormParameters } from './endpoint/call-endpoint.ts'
export { requestToken, type TokenRequest } from './endpoint/token-request.ts'
export type { Grant } from './grant.ts'
export { clientCredentials } from './grants/client-credentials.ts'
export { refreshToken } from './grants/refresh-token.ts'
export type { ClientAuth, ClientAuthRequest, Provider } from './provider.ts'
export { errorCode, createRedactor } from './endpoint/redactor.ts'
export { readText } from './read-text.ts'
export { challengesToken } from './request/rejection.ts'
export { parseSecureUrl } from './secure-url.ts'
export type { TokenSourceOptions } from './life/options.ts'
export type { TokenStore } from './store.ts'
export { createTokenSource, type OwnTokenSource } from './life/token-source.ts'
export type { GetTokenOptions, Token, TokenSource } from './token.ts'
export { tokensBy } from './life/tokens-by.ts'
export { withTimeout } from './wait.ts'
export { revoke, type RevocationRequest } from './endpoint/revoke.ts'
