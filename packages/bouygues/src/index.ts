/**
 * Bouygues Telecom API tokens for the ky HTTP client.
 *
 * @packageDocumentation
 */
export { isOAuthError, type OAuthError } from '@oauthkit/core'
export { userLogin } from '@oauthkit/login'
export { appCertificate, type AppCertificateOptions } from './app-certificate.ts'
export { bouygues, bouyguesAp4, bouyguesEntreprises, bouyguesEntreprisesRealm } from './bouygues.ts'
export { appCredentials, bouyguesAuth, bouyguesTokens, type BouyguesOptions } from './bouygues-auth.ts'
export { bouyguesLogin, type BouyguesLoginOptions, type BouyguesUserInfo } from './bouygues-login.ts'
