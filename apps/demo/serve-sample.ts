import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const sample = fileURLToPath(new URL('../express/src/main.ts', import.meta.url))

/** What of an entry of the sample's log is shown here. */
type Entry = { readonly level: number; readonly msg: string; readonly url?: string; readonly providers?: object }

/** pino's number for warnings; what is below is left out. */
const warning = 40

/** Serves the sample app in a process of its own until that ends, by Ctrl+C say, and gives its exit code. */
export async function serveSample(): Promise<number> {
  // A port that is free, unless one is asked for: the demonstration should not fail for that.
  const env = { PORT: '0', ...process.env, LOG_LEVEL: 'info' }
  const child = spawn(process.execPath, [sample], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  // Ctrl+C reaches both processes. This one waits for the other, and passes on what reaches it alone.
  process.once('SIGINT', () => {})
  process.once('SIGTERM', () => child.kill('SIGTERM'))
  for await (const line of createInterface(child.stdout)) {
    const { level, msg, url, providers } = JSON.parse(line) as Entry
    if (url) {
      const modes = Object.entries(providers ?? {}).map(([name, mode]) => `${name}: ${String(mode)}`)
      console.log(`\nThe sample app is at ${url} (${modes.join(', ')}). Ctrl+C ends it.\n`)
    } else if (level >= warning) console.log(`  ${msg}`)
  }
  const [code] = await closed
  return typeof code === 'number' ? code : 1
}
