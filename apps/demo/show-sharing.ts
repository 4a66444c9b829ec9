import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { credentials, noProxy } from './environment.ts'

const program = fileURLToPath(new URL('../node/shared.ts', import.meta.url))

const processes = 4

/**
 * Runs a program in four processes at the same time, which share their token through the Redis at `url`.
 *
 * @returns whether all calls succeeded, with one token request in total.
 */
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
${processes} processes share one token through Redis. Calls: ${calls}, ok: ${ok}, token requests: ${tokenRequests}.

The code of these processes: apps/node/shared.ts
`)
    return ok === calls && tokenRequests === 1
  } finally {
    await server.close()
  }
}

/** Throws an error with the last line that the program printed: the reason, such as a Redis that does not answer. */
function fail({ stderr }: { stderr?: string }): never {
  const why = stderr?.trim().split('\n').at(-1) || 'it did not end in time'
  throw new Error(`A program that uses the Redis at REDIS_URL failed: ${why}`)
}
