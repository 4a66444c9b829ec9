import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { requireChromium } from '../../../config/chromium.ts'

const launchOptions = requireChromium()
const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const node = [process.execPath, '--conditions=@oauthkit/source'] as const
const servers: [name: string, command: readonly string[], base?: string][] = [
  ['Express', [...node, 'servers/express.ts']],
  ['Hono', [...node, 'servers/hono.ts']],
  ['Next.js', [...node, 'servers/next.js'], '/auth'],
  [
    'Deno',
    [pathOf('../../../node_modules/.bin/deno'), 'run', '-A', '--conditions=@oauthkit/source', 'servers/fetch.ts'],
  ],
  ['Bun', [pathOf('../../../node_modules/.bin/bun'), '--conditions=@oauthkit/source', 'servers/fetch.ts']],
]

/** Starts a server, which ends with the test. Returns where it listens. */
async function startServer([program = '', ...parameters]: readonly string[], env: Record<string, string>) {
  const child = spawn(program, parameters, {
    cwd: pathOf('..'),
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own: the commands of Deno and Bun start another process, which must end, too.
    detached: true,
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid)
    await closed
  })
  for await (const line of createInterface(child.stdout)) if (line.startsWith('http://127.0.0.1:')) return line
  throw new Error(`the server has ended: ${program} ${parameters.join(' ')}`)
}

test.runIf(launchOptions !== undefined).each(servers)(
  'a user signs in, makes a call, and signs out with a real browser on %s',
  async (_name, command, base = '') => {
    const emulator = createEmulator()
    const provider = await serve(emulator)
    onTestFinished(() => provider.close())
    const origin = await startServer(command, { EMULATOR_URL: provider.url, BASE: base })
    emulator.bouygues.redirectUris.set('emulated-client', [`${origin}${base}/callback`])
    emulator.bouygues.postLogoutRedirectUris.set('emulated-client', [`${origin}/`])

    const browser = await chromium.launch(launchOptions)
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    // The limit of the test decides.
    page.setDefaultTimeout(0)
    const text = () => page.locator('p').first().textContent()

    await page.goto(origin)
    expect(await text()).toBe('Hello stranger')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('User').fill('emulated-user')
    await page.getByLabel('Password').fill('emulated-password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${origin}/profile`)
    expect(await text()).toMatch(/^Hello Camille Exemple, \d+ MB$/)
    const cookies = await page.context().cookies(origin)
    expect(cookies).toMatchObject([{ name: 'session', httpOnly: true, sameSite: 'Lax' }])
    expect(emulator.bouygues.counters.tokenRequests).toBe(1)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${origin}/`)
    expect(await text()).toBe('Hello stranger')
    expect(await page.context().cookies(origin)).toEqual([])
    // The session at the provider has ended, too.
    await page.goto(`${origin}${base}/login`)
    expect(await page.getByLabel('Password').count()).toBe(1)
  },
)
