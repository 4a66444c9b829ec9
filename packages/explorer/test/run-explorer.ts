import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs the explorer, and returns what it prints. It replaces clocks and timers, so it is a process of its own. */
export const runExplorer = async (...options: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, ['--conditions=@oauthkit/source', main, ...options])).stdout

/** Explores these scenarios, and returns what is printed, and the number of runs. */
export async function exploreScenarios(names: readonly string[], ...options: string[]) {
  const text = await runExplorer(...names.flatMap((name) => ['--scenario', name]), ...options)
  return { text, runs: Number(/^(\d+) runs/m.exec(text)?.[1]) }
}
