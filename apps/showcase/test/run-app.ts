import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { expect } from 'vitest'
import { get } from './support.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

// Not process.execPath: the tests can run on Bun or Deno, and the app is for Node.
const node = pathOf('../../../node_modules/.bin/node')

/** Starts the app as a process of its own, which is killed at the end of the scope if it still runs. */
export function startApp(env: Record<string, string>) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    node,
    ['--conditions=@oauthkit/source', 'src/main.ts'],
    { cwd: pathOf('..'), env, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }))
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk))
  }
  return {
    exited,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    // Not child.kill: on Deno it makes the child look killed, however it ended.
    kill: (signal: NodeJS.Signals) => process.kill(child.pid ?? NaN, signal),
    /** Waits until the standard output matches. */
    printed: async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(text.stdout)
        if (match) return match
        const ended = exited.then(() => 'ended')
        if ((await Promise.race([once(child.stdout, 'data'), ended])) === 'ended') {
          throw new Error(`The app ended without printing ${pattern}: ${text.stdout}${text.stderr}`)
        }
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Expects that the app ends at once with a configuration, and says why in one line. */
export async function expectNoStart(message: string, env: Record<string, string>): Promise<void> {
  await using app = startApp(env)
  expect(await app.exited).toEqual({ code: 1, signal: null })
  expect(app.stderr()).toMatch(/^Cannot start: .*\n$/)
  expect(app.stderr()).toContain(message)
  expect(app.stdout()).toBe('')
}

/** Expects that the app, when a signal stops it, first finishes what it began. */
export async function expectCleanStop(signal: NodeJS.Signals): Promise<void> {
  const emulator = createEmulator()
  await using server = await serve(emulator)
  await using app = startApp({ PORT: '0', EMULATOR_URL: server.url })
  const [, url = ''] = await app.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  const kept = { headers: { Connection: 'keep-alive' } }
  expect((await get(url, kept)).status).toBe(200)

  // Browsers open such a connection before they need it.
  const unused = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  await once(unused, 'connect')
  // An open tokens page has a stream that does not end.
  const stream = await fetch(`${url}/tokens/events`)

  const release = emulator.orange.holdApiCalls()
  const open = get(`${url}/shops?postalCode=35000`, kept)
  await emulator.orange.apiCalled(1)
  app.kill(signal)
  await app.printed(/finishing/)
  expect(await stream.text()).toContain('data: ')
  await expect(get(url)).rejects.toBeInstanceOf(Error)
  release()
  expect((await open).text).toContain('3 entries')
  expect(await app.exited).toEqual({ code: 0, signal: null })
  // The kept and the unused connection did not hold up the stop.
  expect(app.stdout()).not.toContain('cut off')
  expect(app.stderr()).toBe('')
  unused.destroy()
}
