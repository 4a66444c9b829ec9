import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const sample = fileURLToPath(new URL('../showcase/src/main.ts', import.meta.url))

/** The members of a log entry of the app that are read here. */
type Entry = { readonly level: number; readonly msg: string; readonly url?: string; readonly providers?: object }

/** pino's number for warnings. Entries with a lower number are not printed. */
const warning = 40

/** Serves the sample app in its own process until it ends, for example by Ctrl+C. Returns its exit code. */
export async function serveSample(): Promise<number> {
  // Without PORT, the system chooses a free port, so that the demonstration does not fail.
  const env = { PORT: '0', ...process.env, LOG_LEVEL: 'info' }
  const child = spawn(process.execPath, [sample], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  // Ctrl+C reaches both processes: this one waits for the other. SIGTERM reaches only this one, so it is passed on.
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
