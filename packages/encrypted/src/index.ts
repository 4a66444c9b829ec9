/**
 * Encrypts the tokens that oauthkit keeps in a store, for any store.
 *
 * @packageDocumentation
 */
export { encrypted } from './encrypted.ts'
export type { EncryptionKey } from './encryption-keys.ts'
