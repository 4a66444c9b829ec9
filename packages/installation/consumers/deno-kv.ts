/** A project that keeps tokens in Deno KV. */
import type { TokenStore } from '@oauthkit/core'
import { denoKvStore, type DenoKv } from '@oauthkit/deno-kv'

export const store = (kv: DenoKv): TokenStore => denoKvStore(kv)

// @ts-expect-error -- a store needs a database, not a promise of one
export const early = (kv: Promise<DenoKv>): TokenStore => denoKvStore(kv)
