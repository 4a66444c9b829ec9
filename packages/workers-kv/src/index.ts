/**
 * Stores the tokens of oauthkit in a KV namespace of Cloudflare Workers.
 *
 * @packageDocumentation
 */
export { workersKvStore, type WorkersKv } from './workers-kv-store.ts'
