import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../../config/chromium.ts'
import { siteUrl } from '../../site/public-packages.ts'
import { expectAccessible, expectFit, listenForComplaints } from './checks.ts'
import { serveSite } from './serve-site.ts'

let site: Awaited<ReturnType<typeof serveSite>>
let browser: Browser

beforeAll(async () => {
  site = await serveSite(fileURLToPath(new URL('../../.vitepress/dist/', import.meta.url)), siteUrl.pathname)
  browser = await chromium.launch(findChromium())
})

afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Opens the page, and waits for its buttons. Returns what the browser complained about, and which files it loaded. */
async function open(options: BrowserContextOptions = {}) {
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

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Waits until the page says what the calls have come to. */
const result = async (page: Page): Promise<string | null> => {
  const status = page.getByRole('status').filter({ hasText: /token request/ })
  await status.waitFor()
  return status.textContent()
}

/** A number that the page shows, by its name. */
const numberOf = async (page: Page, name: string): Promise<number> =>
  Number(
    await page
      .locator('dl > div', { has: page.getByText(name, { exact: true }) })
      .locator('dd')
      .textContent(),
  )

const main = 'Run 200 calls, revoke the token in the middle'

/** Checks the page as it is now. */
async function expectGood(page: Page): Promise<void> {
  await expectAccessible(page)
  await expectFit(page)
}

test.each([
  [320, 'dark', 'reduce'],
  [1280, 'light', 'no-preference'],
] as const)(
  'a revoked token fails none of 200 calls, %i px wide, %s, with reduced motion: %s',
  async (width, colorScheme, reducedMotion) => {
    const { page, context, complaints, urls } = await open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion,
    })
    await expectGood(page)
    await button(page, main).click()
    const said200 = /^All 200 calls were answered, with 2 token requests\. (\d+) calls were sent again\.$/
    const [, again] = said200.exec((await result(page)) ?? '') ?? []
    expect(await numberOf(page, 'Sent again')).toBe(Number(again))
    expect(await numberOf(page, 'Answered')).toBe(200)
    expect(await numberOf(page, 'Failed')).toBe(0)
    expect(await numberOf(page, 'Token requests')).toBe(2)
    const said = page.getByText('The API rejected the token. The call was sent again with a new one.')
    expect(await said.isVisible()).toBe(true)
    await expectGood(page)
    expect(complaints).toEqual([])
    // No call leaves the tab.
    expect(urls.filter((url) => !url.startsWith(site.url))).toEqual([])
    await context.close()
  },
)

test('a reader breaks and restores everything by keyboard', async () => {
  const { page, context } = await open({ reducedMotion: 'reduce' })
  const press = async (name: string) => {
    await button(page, name).focus()
    await page.keyboard.press('Enter')
  }
  const choose = async (name: string) => {
    await page.getByLabel(name).focus()
    await page.keyboard.press('Space')
  }
  await press('Send 200 at once')
  expect(await result(page)).toBe('All 200 calls were answered, with 1 token request.')
  await choose('rejects every token')
  await press('Send 200 at once')
  await page.getByText('The calls are running.').waitFor({ state: 'hidden' })
  expect(await result(page)).toBe(
    '200 calls were answered, and 200 failed, with 2 token requests. 200 calls were sent again.',
  )
  expect(await page.getByLabel('rejects every token').isChecked()).toBe(true)
  await press('Restore everything')
  expect(await page.getByLabel('rejects every token').isChecked()).toBe(false)
  await press('Send 200 at once')
  await page.getByText('The calls are running.').waitFor({ state: 'hidden' })
  expect(await result(page)).toBe(
    '400 calls were answered, and 200 failed, with 2 token requests. 200 calls were sent again.',
  )
  await press('Start over')
  await page.getByText('No calls yet.').waitFor()
  await context.close()
})

test('the first button is reached by keyboard, and starts the main scene', async () => {
  const { page, context } = await open({ reducedMotion: 'reduce' })
  await page.getByRole('heading', { level: 1 }).click()
  const focused = page.locator(':focus')
  do await page.keyboard.press('Tab')
  while ((await focused.textContent())?.trim() !== main)
  await page.keyboard.press('Space')
  expect(await result(page)).toContain('All 200 calls were answered, with 2 token requests.')
  await context.close()
})

test('each scene of the page runs in the browser', async () => {
  const { page, context } = await open({ reducedMotion: 'reduce' })
  const names = await page.getByRole('group', { name: 'Other scenes' }).getByRole('button').allTextContents()
  expect(names).toHaveLength(4)
  for (const name of names.map((text) => text.trim())) {
    await button(page, name).click()
    const [, text = '', row = ''] = await page.getByRole('row', { name }).getByRole('cell').allTextContents()
    expect(await page.locator('.break-it').getByText(text, { exact: true }).isVisible()).toBe(true)
    expect(await result(page)).not.toBe('')
    const shown = [await numberOf(page, 'Answered'), await numberOf(page, 'Failed')]
    expect(shown).toEqual(row.match(/\d+/g)?.slice(0, 2).map(Number))
  }
  await context.close()
})

test('other pages do not load the emulator', async () => {
  const { urls, context } = await open()
  const own = urls.filter((url) => url.endsWith('.js'))
  await context.close()
  const other = await browser.newPage()
  other.setDefaultTimeout(0)
  const loaded: string[] = []
  other.on('request', (request) => void loaded.push(request.url()))
  await other.goto(`${site.url}stores`, { waitUntil: 'networkidle' })
  await other.close()
  const emulator = own.filter((url) => /\/chunks\/break-it\b/.test(url))
  expect(emulator).toHaveLength(1)
  expect(loaded.length).toBeGreaterThan(0)
  expect(loaded.filter((url) => emulator.includes(url))).toEqual([])
})
