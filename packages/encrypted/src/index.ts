/**
 * Tokens at rest are encrypted, in any store, for oauthkit.
 *
 * @packageDocumentation
 */
export { encrypted } from './encrypted.ts'
export type { EncryptionKey } from './encryption-keys.ts'
