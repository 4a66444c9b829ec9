import { expect, test, vi } from 'vitest'
import { signIn } from '../../dev/sign-in.ts'
import { heading, openBrowser } from './open-browser.ts'

const open = openBrowser()

test('a forged state leads to a clear page', async () => {
  const visit = await open()
  const { site, page } = visit
  site.emulator.bouygues.editCallback = (parameters) => ({ ...parameters, state: 'forged' })
  await page.goto(`${site.url}/login`)
  await page.getByLabel('User').fill('emulated-user')
  await page.getByLabel('Password').fill('emulated-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${site.url}/callback*`)
  expect(await heading(visit)).toBe('Your sign-in has ended')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(0)
})

test('a user who opens the callback again sees the profile', async () => {
  const visit = await open()
  const { site, page, seen } = visit
  await signIn(page, site.url)
  const callback = seen.urls.find((url) => url.startsWith(`${site.url}/callback`)) ?? ''
  await page.goto(callback)
  expect(page.url()).toBe(`${site.url}/profile`)
  expect(await heading(visit)).toBe('Camille Exemple')
})

test('two tabs can sign in at the same time', async () => {
  const visit = await open()
  const { site, page, context } = visit
  const other = await context.newPage()
  await page.goto(`${site.url}/login`)
  await other.goto(`${site.url}/login`)
  for (const tab of [page, other]) {
    // oxlint-disable no-await-in-loop -- one after the other
    await tab.getByLabel('User').fill('emulated-user')
    await tab.getByLabel('Password').fill('emulated-password')
    await tab.getByRole('button', { name: 'Sign in' }).click()
    await tab.waitForURL(`${site.url}/profile`)
    expect(await heading({ page: tab })).toBe('Camille Exemple')
    // oxlint-enable no-await-in-loop
  }
})

test('a session that has expired asks the user to sign in again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const visit = await open()
    const { site, page } = visit
    await signIn(page, site.url)
    // The browser's clock does not change, so it still sends its cookie.
    vi.setSystemTime(Date.now() + 31 * 60_000)
    await page.goto(`${site.url}/profile`)
    expect(await heading(visit)).toBe('Please sign in again')
    expect(await page.getByText('Your session has ended.').count()).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})
