/**
 * Signed assertions for oauthkit: as client authentication (`private_key_jwt`), and as a grant (`jwt-bearer`).
 *
 * @packageDocumentation
 */
export { clientAssertion } from './client-assertion.ts'
export { jwtBearer, type JwtBearerOptions } from './jwt-bearer.ts'
export { privateKeyJwt, type PrivateKeyJwtOptions } from './private-key-jwt.ts'
export type { SigningAlgorithm } from './algorithms.ts'
export type { SignatureBytes, SignerOptions } from './create-signer.ts'
export type { SigningKey } from './signing-key.ts'
