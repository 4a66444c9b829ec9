import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { credentials, noProxy } from './environment.ts'

const program = fileURLToPath(new URL('../node/shared.ts', import.meta.url))

const processes = 4

/** Runs a program four times at once over the Redis at `url`, and says whether they asked for one token in all. */
export async function showSharing(url: string): Promise<boolean> {
  const emulator = createEmulator()
  const server = await serve(emulator)
  try {
    const env = { ...process.env, ...credentials, ...noProxy, EMULATOR_URL: server.url, REDIS_URL: url }
    const run = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: 120_000 }).catch(fail)
      return JSON.parse(stdout) as { calls: number; ok: number }
    }
    const runs = await Promise.all(Array.from({ length: processes }, run))
    const calls = runs.reduce((sum, one) => sum + one.calls, 0)
    const ok = runs.reduce((sum, one) => sum + one.ok, 0)
    const { tokenRequests } = emulator.orange.counters
    console.log(`
${processes} processes share their token through Redis: ${calls} calls at once, ${ok} ok, token requests in all: ${tokenRequests}.

How little it takes: apps/node/shared.ts
`)
    return ok === calls && tokenRequests === 1
  } finally {
    await server.close()
  }
}

/** What the program said last is why it failed, that Redis cannot be reached say. */
function fail({ stderr }: { stderr?: string }): never {
  const why = stderr?.trim().split('\n').at(-1) || 'it did not end in time'
  throw new Error(`A program over the Redis at REDIS_URL failed: ${why}`)
}
