/** A project that keeps tokens in Workers KV. */
import type { TokenStore } from '@oauthkit/core'
import { workersKvStore, type WorkersKv } from '@oauthkit/workers-kv'

export const store = (namespace: WorkersKv): TokenStore => workersKvStore(namespace)

// @ts-expect-error -- a store needs the binding, not its name
workersKvStore('TOKENS')
