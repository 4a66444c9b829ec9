/**
 * OAuth 2.0 tokens for the ky HTTP client: gets a token, keeps it, renews it, and attaches it to the calls that need
 * it.
 *
 * Authors of providers, grants, logins and stores find more functions in `@oauthkit/core/plugin`.
 *
 * @packageDocumentation
 */
export { clientSecretBasic, clientSecretPost, none, plainBasic } from './endpoint/client-auth.ts'
export type { ClientOptions } from './endpoint/call-endpoint.ts'
export type { Credential } from './endpoint/credential.ts'
export { discover, type DiscoverOptions } from './endpoint/discover.ts'
export { revoke, type RevocationRequest } from './endpoint/revoke.ts'
export { OAuthError, isOAuthError, type OAuthErrorCode, type OAuthErrorDetails } from './errors.ts'
export type { RenewalReason, TokenEvent, TokenEventDetails } from './events.ts'
export type { Grant } from './grant.ts'
export { clientCredentials } from './grants/client-credentials.ts'
export { refreshToken } from './grants/refresh-token.ts'
export type { TokenSourceOptions } from './life/options.ts'
export { createTokenSource, type OwnTokenSource } from './life/token-source.ts'
export { tokensBy } from './life/tokens-by.ts'
export type { ClientAuth, ClientAuthRequest, Provider, TokenRequestShape } from './provider.ts'
export { bearerFetch } from './request/bearer-fetch.ts'
export { bearer, type BearerState, type SelectSource } from './request/bearer.ts'
export type { FixedTokenOptions } from './request/fixed-token.ts'
export type { TokenStore } from './store.ts'
export type { AddHeaders, GetTokenOptions, Token, TokenSource } from './token.ts'
