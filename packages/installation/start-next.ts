import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A running Next.js app. */
export type NextApp = {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** Stops its process. */
  readonly close: () => Promise<void>
}

/** The command of Next.js in a project. */
export const nextIn = (folder: string): string => join(folder, 'node_modules/next/dist/bin/next')

/** Starts the app that `next build` has made in a folder. */
export async function startNext(folder: string, env: Record<string, string>): Promise<NextApp> {
  const args = [nextIn(folder), 'start', '--hostname=127.0.0.1', '--port=0']
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], env })
  const ended = once(child, 'exit')
  const close = async () => {
    child.kill()
    await ended
  }
  let printed = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk)
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? []
    if (url === undefined || !printed.includes('Ready')) continue
    // Its further output must be read, or the process would wait.
    child.stdout.resume()
    return { url, close }
  }
  await ended
  throw new Error(`Next.js did not start: ${printed}`)
}
