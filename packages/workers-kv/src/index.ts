/**
 * Tokens in a KV namespace of Cloudflare Workers, for oauthkit.
 *
 * @packageDocumentation
 */
export { workersKvStore, type WorkersKv } from './workers-kv-store.ts'
