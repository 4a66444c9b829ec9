/**
 * Stores the tokens of oauthkit in Deno KV.
 *
 * @packageDocumentation
 */
export { denoKvStore, type DenoKv } from './deno-kv-store.ts'
