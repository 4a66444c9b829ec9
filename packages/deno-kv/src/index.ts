/**
 * Tokens in Deno KV, for oauthkit.
 *
 * @packageDocumentation
 */
export { denoKvStore, type DenoKv } from './deno-kv-store.ts'
