import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { signIn } from '../../dev/sign-in.ts'
import { expectGoodPages } from './good-pages.ts'
import { openBrowser } from './open-browser.ts'

const open = openBrowser()

// A page of each kind. pages.long.test.ts has all.
test('the pages are accessible, and fit, on a narrow screen in the dark and on a wide one in the light', () =>
  expectGoodPages(open, ['/shops?postalCode=35000', '/tokens', '/profile', '/callback?state=forged']))

/** Presses Tab until the element with a name has a visible focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 40; pressed += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await page.keyboard.press('Tab')
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const [found, outline] = await page.evaluate(() => {
      const element = document.activeElement
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent
      return [label?.trim(), element ? getComputedStyle(element).outlineStyle : '']
    })
    if (found === name && outline === 'solid') return
  }
  throw new Error(`No Tab leads to ${name}`)
}

test('the keyboard is enough for all pages, and the focus is visible', async () => {
  const { site, page } = await open()
  await page.goto(site.url)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')

  await page.goto(site.url)
  await tabTo(page, 'Shops')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/shops')
  await tabTo(page, 'Postal code')
  await page.keyboard.type('35000')
  await page.keyboard.press('Enter')
  await page.getByText('3 entries').waitFor()

  await page.goto(site.url)
  await tabTo(page, 'Sign in')
  await page.keyboard.press('Enter')
  await page.getByLabel('User').focus()
  await page.keyboard.type('emulated-user')
  await page.keyboard.press('Tab')
  await page.keyboard.type('emulated-password')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/profile')

  await tabTo(page, 'Tokens')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/tokens')
  await tabTo(page, 'Revoke – Shops')
  await page.keyboard.press('Enter')
  await page.getByText('A call was rejected (401) and sent again with a new token').first().waitFor()
  // The focus is where it was.
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Revoke – Shops')

  await page.goto(`${site.url}/profile`)
  await tabTo(page, 'Sign out')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/signed-out')
})

test('without scripts, all pages work, the tokens page too', async () => {
  const { site, page } = await open({}, { javaScriptEnabled: false })
  await signIn(page, site.url)
  await page.goto(`${site.url}/tokens`)
  expect(await page.getByText('Reload it to see the newest state.').isVisible()).toBe(true)
  expect(await page.getByRole('button', { name: 'Pause' }).isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Revoke – Your sign-in' }).click()
  await page.waitForURL(`${site.url}/tokens`)
  expect(await page.getByText('A call was rejected (401) and sent again with a new token').count()).toBe(1)
})
