import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { requireChromium } from '../../config/chromium.ts'
import { writeApp } from './page-app.ts'

/** How to start the browser, if there is one. */
export const launchOptions = requireChromium()
const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The path of a tool of the workspace. */
export const runtime = (name: string): string => pathOf(`../../node_modules/.bin/${name}`)

/** The start of a command on a page, and what runs instead: the packages' sources, and a free port on loopback. */
const replacements: Readonly<Record<string, readonly string[]>> = {
  'node ': [process.execPath, '--conditions=@oauthkit/source', `--import=${pathOf('./listen.js')}`],
  'deno serve --port 3000 ': [
    runtime('deno'),
    'serve',
    '--conditions=@oauthkit/source',
    '--host=127.0.0.1',
    '--port=0',
  ],
  'bun --port 3000 ': [runtime('bun'), '--conditions=@oauthkit/source', '--port=0'],
  'npm run dev': [pathOf('./node_modules/.bin/next'), 'dev', '--hostname=127.0.0.1', '--port=0'],
}

/** Starts a server of a page. Returns where it listens, what it prints, and how to end it. */
async function start(command: string, folder: string, env: Readonly<Record<string, string>> = {}) {
  const [beginning = '', [program = '', ...parameters] = []] =
    Object.entries(replacements).find(([one]) => command.startsWith(one)) ?? []
  const child = spawn(program, [...parameters, ...command.slice(beginning.length).split(' ').filter(Boolean)], {
    cwd: folder,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: some commands start another process, which must end, too.
    detached: true,
  })
  const closed = once(child, 'close')
  const printed: string[] = []
  const port = new Promise<string>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr])
      createInterface(input).on('line', (line) => {
        printed.push(line)
        const [, found] = /http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(line) ?? []
        if (found !== undefined) resolve(found)
      })
    child.once('close', () => reject(new Error(`${command} has ended:\n${printed.join('\n')}`)))
  })
  const close = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid)
    await closed
  }
  return { url: `http://127.0.0.1:${await port}`, printed, close }
}

/** An app of a page: its name, the page, and the command that starts it. */
type Row = readonly [name: string, document: string, command: string]

/** The apps of the pages, by the name of what they run on. */
export const apps: Readonly<Record<'express' | 'hono' | 'next' | 'deno' | 'bun', Row>> = {
  express: ['Express', 'express.md', 'node --env-file=.env main.ts'],
  hono: ['Hono', 'hono.md', 'node --env-file=.env main.ts'],
  next: ['Next.js', 'nextjs.md', 'npm run dev'],
  deno: ['Deno', 'deno-bun-workers.md', 'deno serve --port 3000 --env-file=.env --allow-env --allow-net app.ts'],
  bun: ['Bun', 'deno-bun-workers.md', 'bun --port 3000 app.ts'],
}

/** Starts an emulator for the tests of a file. Returns the test in which a user signs in and out. */
export function prepareSignIn(): (...row: Row) => Promise<void> {
  let emulator: Awaited<ReturnType<typeof start>> | undefined
  beforeAll(async () => {
    emulator = await start('node emulator.js', writeApp('emulator', 'sign-in.md', 'node emulator.js'))
  })
  afterAll(() => emulator?.close())

  /** Sends a command to the emulator. Returns its counters. */
  const control = async (command: string, method: 'GET' | 'POST') =>
    (await fetch(`${emulator?.url}/control/bouygues/${command}`, { method })).json()

  return async (name, document, command) => {
    const env = { EMULATOR_URL: emulator?.url ?? '', SESSION_SECRET: 'a secret of 32 characters or more' }
    const app = await start(command, writeApp(name, document, command), env)
    onTestFinished(app.close)
    await control('reset', 'POST')

    // The browser finds the app at the host and port of the redirect URI.
    const origin = 'http://localhost:3000'
    const rule = `--host-resolver-rules=MAP localhost:3000 ${new URL(app.url).host}`
    const browser = await chromium.launch({ ...launchOptions, args: [...(launchOptions?.args ?? []), rule] })
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    // The limit of the test decides.
    page.setDefaultTimeout(0)
    const signIn = page.getByRole('link', { name: 'Sign in' })

    await page.goto(origin)
    await signIn.waitFor()
    // Without a user, a call leads to the login, and from there back.
    await page.goto(`${origin}/usage`)
    await page.getByLabel('User').fill('emulated-user')
    await page.getByLabel('Password').fill('emulated-password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${origin}/usage`)
    await page.getByText(/"includedMegabytes":\s?\d+/).waitFor()
    const cookies = await page.context().cookies(origin)
    expect(cookies).toMatchObject([{ name: 'session', httpOnly: true, sameSite: 'Lax' }])
    expect(await control('counters', 'GET')).toMatchObject({ tokenRequests: 1, apiRejections: 0 })

    await page.goto(origin)
    await page
      .getByText(name === 'Hono' || name === 'Next.js' ? 'Hello Camille Exemple' : /Hello [\da-f-]{36}/)
      .waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn.waitFor()
    expect(page.url()).toBe(`${origin}/`)
    expect(await page.context().cookies(origin)).toEqual([])
    // The session at the provider has ended, too.
    await signIn.click()
    await page.getByLabel('Password').waitFor()
    // Next.js prints here what its build refuses.
    expect(app.printed.filter((line) => /error/i.test(line))).toEqual([])
  }
}
