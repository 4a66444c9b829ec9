/**
 * Functions for authors of providers, grants, logins and stores. Core itself uses the same functions.
 *
 * Users of a provider do not need them: they import from `@oauthkit/core`.
 *
 * @packageDocumentation
 */
export { needsClientSecret } from '../endpoint/client-auth.ts'
export type { FormParameters } from '../endpoint/call-endpoint.ts'
export { checkCredential, resolveCredential } from '../endpoint/credential.ts'
export { errorCode } from '../error-code.ts'
export { connectionAdvice } from '../failure/describe-lost.ts'
export { createRedactor } from '../failure/redactor.ts'
export { requestToken, type TokenRequest } from '../endpoint/token-request.ts'
export { unpooled } from '../endpoint/unpooled.ts'
export { oauthError } from '../errors.ts'
export { copyOf, membersOf } from '../members.ts'
export { readText } from '../read-text.ts'
export { challengesToken } from '../request/rejection.ts'
export { parseSecureUrl } from '../secure-url.ts'
export { withTimeout } from '../wait.ts'
export { fromEnvironment, readEnvironment, type EnvironmentOptions } from './environment.ts'
