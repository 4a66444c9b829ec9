import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LoginTransaction } from '@oauthkit/login'
import { chromium, type Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { findChromium } from '../chromium.ts'
import { startLoginSite } from './login-site.ts'

const launchOptions = findChromium()

/** Starts a server that ends with the test, and says where it is. */
async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Opens a page of a browser that ends with the test. */
async function openPage(): Promise<Page> {
  const browser = await chromium.launch(launchOptions)
  onTestFinished(() => browser.close())
  return browser.newPage()
}

test.skipIf(launchOptions === undefined)('a user signs in and out with a real browser', async () => {
  let session: LoginTransaction | undefined
  const pages: Record<string, (path: string) => Promise<{ location: string } | { text: string }>> = {
    '/login': async () => {
      const { url, transaction } = await login.start()
      session = transaction
      return { location: url }
    },
    '/callback': async (path) => {
      const { claims, token } = await login.finish(path, session)
      session = undefined
      const { name } = await login.userInfo(token)
      return { text: `Hello ${claims.sub}, or ${String(name)}` }
    },
    '/logout': async () => ({
      location: await login.endSessionUrl({ postLogoutRedirectUri: signedOut, state: 'bye' }),
    }),
    '/signed-out': async (path) => ({ text: path }),
  }
  const app = await listen(async ({ url: path = '' }, response) => {
    const answer = await pages[new URL(path, app).pathname]?.(path)
    if (answer && 'location' in answer) response.writeHead(302, answer).end()
    else response.writeHead(answer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8' }).end(answer?.text)
  })
  const { loginWith, signedOut } = await startLoginSite(undefined, app)
  const login = loginWith({ scope: 'openid profile' })

  const page = await openPage()
  const say = (answer: string) => page.getByRole('button', { name: answer }).click()
  const text = () => page.textContent('body')
  await page.goto(`${app}/login`)
  await page.getByRole('textbox').fill('zoe')
  await say('Yes')
  await say('Yes')
  await page.waitForURL(`${app}/**`)
  expect(await text()).toBe('Hello zoe, or Zoé Léger')
  // The session at the provider is still there: nobody is asked.
  await page.goto(`${app}/login`)
  expect(await text()).toBe('Hello zoe, or Zoé Léger')

  await page.goto(`${app}/logout`)
  await say('Yes')
  await page.waitForURL(`${app}/**`)
  expect(await text()).toBe('/signed-out?state=bye')
  await page.goto(`${app}/login`)
  expect(await page.getByRole('textbox').count()).toBe(1)
})
