import type { Kv } from '@deno/kv'

const { Deno } = globalThis as { Deno?: { readonly openKv?: (path: string) => Promise<Kv> } }

/** Opens a database: on Deno with `Deno.openKv`, which needs `--unstable-kv`, and on Node with `@deno/kv`. */
export async function openKv(path: string): Promise<Kv> {
  if (!Deno) return (await import('@deno/kv')).openKv(path)
  if (!Deno.openKv) throw new Error('Deno KV is not available: run Deno with --unstable-kv')
  return Deno.openKv(path)
}
