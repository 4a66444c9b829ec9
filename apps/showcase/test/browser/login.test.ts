import { expect, test } from 'vitest'
import { signIn } from '../../dev/sign-in.ts'
import { heading, openBrowser, type Visit } from './open-browser.ts'

// More sign-ins are in login.long.test.ts.
const open = openBrowser()

/** The secrets that must not be in a browser: tokens, and what the app gets them with. */
const tokensOf = ({ site }: Visit) => {
  const secrets = [...site.secrets].filter((secret) => secret.length > 20 || secret === 'emulated-secret')
  expect(secrets.filter((secret) => /^(at|ey)/.test(secret)).length).toBeGreaterThanOrEqual(2)
  // The code is in a URL for one moment, on its way to the app. That is how OAuth 2.0 works.
  return secrets.filter((secret) => !secret.startsWith('ac-'))
}

test('a user signs in, sees the profile, signs out, and the browser never gets a token', async () => {
  const visit = await open()
  const { site, page, context, seen } = visit
  await signIn(page, site.url)
  expect(await heading(visit)).toBe('Camille Exemple')
  const before = await context.cookies()
  expect(before.filter(({ name }) => name === 'session')).toMatchObject([{ httpOnly: true, sameSite: 'Lax' }])
  for (const path of ['/shops?postalCode=35000', '/campaigns', '/contracts', '/tokens', '/profile']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await page.goto(site.url + path)
  }
  const storage = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  )
  expect(storage).toBe('[[],[],""]')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${site.url}/signed-out`)
  expect(await heading(visit)).toBe('You are signed out')
  expect((await context.cookies()).filter(({ name }) => name === 'session')).toEqual([])
  // At the provider, too: it asks for the password again.
  await page.goto(`${site.url}/login`)
  expect(await page.getByLabel('Password').count()).toBe(1)

  const everything = JSON.stringify([seen.urls, seen.bodies, before, await context.cookies()])
  for (const secret of tokensOf(visit)) expect(everything).not.toContain(secret)
  expect(seen.bodies.length).toBeGreaterThan(8)
  expect(seen.complaints).toEqual([])
})

test('a user who says no gets a page that says so, and can try again', async () => {
  const visit = await open()
  const { site, page, seen } = visit
  await page.goto(`${site.url}/login`)
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.waitForURL(`${site.url}/callback*`)
  expect(await heading(visit)).toBe('You did not sign in')
  await page.getByRole('link', { name: 'Sign in with Bouygues Telecom' }).click()
  expect(await page.getByLabel('Password').count()).toBe(1)
  expect(seen.complaints).toEqual([])
})
