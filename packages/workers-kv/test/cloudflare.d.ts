declare module 'cloudflare:workers' {
  import type { WorkersKv } from '@oauthkit/workers-kv'

  /** The bindings that vitest.config.ts sets. */
  export const env: { readonly TOKENS: WorkersKv }
}
