/**
 * Stores the tokens of oauthkit in Deno KV.
 *
 * @packageDocumentation
 */
export { denoKvStore, type DenoKv, type DenoKvTransaction } from './deno-kv-store.ts'
