import type { BrowserContext, BrowserContextOptions, Page } from 'playwright'
import { expect } from 'vitest'
import { expectAccessible, expectFit, listenForComplaints } from './checks.ts'
import type { Opened } from './open-site.ts'

type Visit = {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser complained about. */
  readonly complaints: readonly string[]
  /** The files that it loaded. */
  readonly urls: readonly string[]
}

/** Opens the page, and waits for its buttons. */
export async function openBreakIt({ site, browser }: Opened, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(0)
  const complaints = listenForComplaints(context)
  const urls: string[] = []
  context.on('request', (request) => void urls.push(request.url()))
  const page = await context.newPage()
  await page.goto(`${site.url}break-it`)
  await button(page, 'Revoke the token').waitFor()
  return { page, context, complaints, urls }
}

/** Finds a button by its name. */
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Waits until the page says what the calls have come to. */
export const result = async (page: Page): Promise<string | null> => {
  const status = page.getByRole('status').filter({ hasText: /token request/ })
  await status.waitFor()
  return status.textContent()
}

/** A number that the page shows, by its name. */
export const numberOf = async (page: Page, name: string): Promise<number> =>
  Number(
    await page
      .locator('dl > div', { has: page.getByText(name, { exact: true }) })
      .locator('dd')
      .textContent(),
  )

/** The button of the main scene. */
export const main = 'Run 200 calls, revoke the token in the middle'

/** Runs the main scene, and checks the page before and after it. */
export async function expectMainScene(opened: Opened, options: BrowserContextOptions): Promise<void> {
  const { page, context, complaints, urls } = await openBreakIt(opened, options)
  await expectAccessible(page)
  await expectFit(page)
  await button(page, main).click()
  const said200 = /^All 200 calls were answered, with 2 token requests\. (\d+) calls were sent again\.$/
  const [, again] = said200.exec((await result(page)) ?? '') ?? []
  expect(await numberOf(page, 'Sent again')).toBe(Number(again))
  expect(await numberOf(page, 'Answered')).toBe(200)
  expect(await numberOf(page, 'Failed')).toBe(0)
  expect(await numberOf(page, 'Token requests')).toBe(2)
  const said = page.getByText('The API rejected the token. The call was sent again with a new one.')
  expect(await said.isVisible()).toBe(true)
  await expectAccessible(page)
  await expectFit(page)
  expect(complaints).toEqual([])
  // No call leaves the tab.
  expect(urls.filter((url) => !url.startsWith(opened.site.url))).toEqual([])
  await context.close()
}
