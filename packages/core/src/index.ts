/**
 * The life of an OAuth 2.0 token, for the ky HTTP client: get it, keep it, renew it, and attach it to the calls that need it.
 *
 * @packageDocumentation
 */
export { bearer, type BearerState, type SelectSource } from './bearer.ts'
export { bearerFetch } from './bearer-fetch.ts'
export { clientSecretBasic, clientSecretPost, needsClientSecret, none, plainBasic } from './client-auth.ts'
export { lookUp, type Credential } from './credential.ts'
export { fromEnvironment, readEnvironment } from './environment.ts'
export { errorOf, OAuthError, isOAuthError, type OAuthErrorCode, type OAuthErrorDetails } from './errors.ts'
export type { RenewalReason, TokenEvent, TokenEventDetails } from './events.ts'
export type { ClientOptions, FormParameters } from './endpoint.ts'
export { exchange, type TokenRequest } from './exchange.ts'
export type { Grant } from './grant.ts'
export { clientCredentials } from './grants/client-credentials.ts'
export { refreshToken } from './grants/refresh-token.ts'
export type { ClientAuth, ClientAuthRequest, Provider } from './provider.ts'
export { codeOf, createRedactor } from './redactor.ts'
export { readText } from './read-text.ts'
export { challengesToken } from './rejection.ts'
export { secureUrl } from './resources.ts'
export type { TokenSourceOptions } from './settings.ts'
export type { TokenStore } from './store.ts'
export { createTokenSource, type OwnTokenSource } from './token-source.ts'
export type { GetTokenOptions, Token, TokenSource } from './token.ts'
export { tokensBy } from './tokens-by.ts'
export { within } from './within.ts'
export { revoke, type RevocationRequest } from './revoke.ts'
