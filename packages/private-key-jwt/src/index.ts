/**
 * Client authentication by a signed assertion, `private_key_jwt`, for oauthkit.
 *
 * @packageDocumentation
 */
export { privateKeyJwt, type PrivateKeyJwtOptions } from './private-key-jwt.ts'
export type { SigningAlgorithm } from './algorithms.ts'
export type { SigningKey } from './signing-key.ts'
