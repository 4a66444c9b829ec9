import { bouygues, bouyguesAp4, bouyguesLogin } from '@oauthkit/bouygues'
import { createEmulator, emulated } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { findChromium } from '../../../config/chromium.ts'
import { pathsOf, startLoginApp } from './login-app.ts'
import { startLoginSite } from './login-site.ts'

const launchOptions = findChromium()

let browser: Browser | undefined

beforeAll(async () => {
  if (launchOptions) browser = await chromium.launch(launchOptions)
})
afterAll(() => browser?.close())

/** Opens a page that has its own cookies. They go at the end of the test. */
async function openPage(): Promise<Page> {
  if (!browser) throw new Error('There is no browser')
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  // The limit of the test decides.
  context.setDefaultTimeout(0)
  return context.newPage()
}

test.skipIf(launchOptions === undefined)('a user signs in and out with a real browser', async () => {
  const app = await startLoginApp(async (url) => {
    const { loginWith } = await startLoginSite(undefined, url)
    // The limit of the test decides.
    return loginWith({ scope: 'openid profile', timeoutMs: 300_000 })
  })

  const page = await openPage()
  const say = (answer: string) => page.getByRole('button', { name: answer }).click()
  const text = () => page.textContent('body')
  await page.goto(`${app}/login`)
  await page.getByRole('textbox').fill('zoe')
  await say('Yes')
  await say('Yes')
  await page.waitForURL(`${app}/**`)
  expect(await text()).toBe('Hello zoe, or Zoé Léger')
  // The session at the provider still exists, so the provider does not ask the user.
  await page.goto(`${app}/login`)
  expect(await text()).toBe('Hello zoe, or Zoé Léger')

  await page.goto(`${app}/logout`)
  await say('Yes')
  await page.waitForURL(`${app}/**`)
  expect(await text()).toBe('/signed-out?state=bye')
  await page.goto(`${app}/login`)
  expect(await page.getByRole('textbox').count()).toBe(1)
})

test.skipIf(launchOptions === undefined).each([
  ['production', bouygues],
  ['AP4', bouyguesAp4],
])('a user signs in and out at the emulated Bouygues Telecom with a real browser: %s', async (_where, provider) => {
  const emulator = createEmulator()
  const server = await serve(emulator)
  onTestFinished(() => server.close())
  const app = await startLoginApp((url) => {
    const { redirectUri, signedOut } = pathsOf(url)
    emulator.bouygues.redirectUris.set('emulated-client', [redirectUri])
    emulator.bouygues.postLogoutRedirectUris.set('emulated-client', [signedOut])
    const client = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
    return bouyguesLogin({ ...client, provider: emulated(provider, server.url), redirectUri, timeoutMs: 300_000 })
  })

  const page = await openPage()
  const text = () => page.textContent('body')
  const answer = async (button: 'Sign in' | 'Deny', password?: string) => {
    if (password !== undefined) {
      await page.getByLabel('User').fill('emulated-user')
      await page.getByLabel('Password').fill(password)
    }
    await page.getByRole('button', { name: button }).click()
  }
  const hello = `Hello ${emulator.bouygues.users.get('emulated-user')?.claims.sub}, or Camille Exemple`

  await page.goto(`${app}/login`)
  await answer('Sign in', 'a guess')
  expect(await page.getByRole('alert').textContent()).toBe('The user or the password is wrong.')
  await answer('Sign in', 'emulated-password')
  await page.waitForURL(`${app}/**`)
  expect(await text()).toBe(hello)
  // The session at the provider still exists, so there is no form.
  await page.goto(`${app}/login`)
  expect([page.url().split('?')[0], await text()]).toEqual([`${app}/callback`, hello])

  await page.goto(`${app}/logout`)
  expect([page.url(), await text()]).toEqual([`${app}/signed-out?state=bye`, '/signed-out?state=bye'])
  await page.goto(`${app}/login`)
  expect(await page.getByLabel('Password').count()).toBe(1)
  await answer('Deny')
  await page.waitForURL(`${app}/**`)
  expect(await text()).toBe('TOKEN_REFUSED access_denied')
  // A user who says no is not signed in.
  await page.goto(`${app}/login`)
  expect(await page.getByLabel('Password').count()).toBe(1)
})
