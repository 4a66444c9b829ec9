import type { DenoKvTransaction } from './deno-kv-store.ts'

/**
 * Runs a transaction, and returns whether its checks passed.
 *
 * If the database is a file, and another process writes to it at the same moment, SQLite refuses the transaction and
 * writes nothing. Then it runs again, ten times at most. The pauses are random, so that two processes do not meet again.
 */
export async function commit(transaction: DenoKvTransaction, attempt = 1): Promise<boolean> {
  try {
    return (await transaction.commit()).ok
  } catch (error) {
    if (attempt === 10 || !String(error).includes('database is locked')) throw error
    await new Promise<void>((resolve) => void setTimeout(resolve, 10 * attempt * Math.random()))
    return commit(transaction, attempt + 1)
  }
}
