import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { afterAll, beforeAll, expect } from 'vitest'
import { findChromium } from '../../../config/chromium.ts'
import { siteUrl } from '../../site/public-packages.ts'
import { expectAccessible, expectFit, listenForComplaints } from './checks.ts'
import { serveSite } from './serve-site.ts'

/** The built site on a port, and a browser. */
export type Opened = { site: Awaited<ReturnType<typeof serveSite>>; browser: Browser }

/** Serves the site and starts a browser, for the tests of a file. They are there when the first test begins. */
export function openSite(): Opened {
  const opened = {} as Opened
  beforeAll(async () => {
    opened.site = await serveSite(fileURLToPath(new URL('../../.vitepress/dist/', import.meta.url)), siteUrl.pathname)
    opened.browser = await chromium.launch(findChromium())
  })
  afterAll(async () => {
    await opened.browser?.close()
    await opened.site?.close()
  })
  return opened
}

/** Waits until the page reacts to its user. */
export async function waitForVue(page: Page): Promise<void> {
  await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}))
}

/** Checks pages on a wide screen in the light, and on a narrow one in the dark. Each is loaded once. */
export async function expectGoodPages({ site, browser }: Opened, paths: readonly string[]): Promise<void> {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  context.setDefaultTimeout(0)
  const complaints = listenForComplaints(context)
  const page = await context.newPage()
  for (const path of paths) {
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(site.url + path)
    await waitForVue(page)
    await expectAccessible(page)
    await expectFit(page)
    await page.setViewportSize({ width: 320, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForFunction(() => document.documentElement.classList.contains('dark'))
    await expectAccessible(page)
    await expectFit(page)
  }
  expect(complaints).toEqual([])
  await context.close()
}

/** Checks which picture the home page shows. */
export async function expectPicture(
  { site, browser }: Opened,
  options: BrowserContextOptions,
  name: string,
): Promise<void> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(0)
  const page = await context.newPage()
  await page.goto(site.url)
  await waitForVue(page)
  const picture = page.locator('.home picture img:visible')
  await picture.scrollIntoViewIfNeeded()
  const loaded = await page.waitForFunction(
    (image) => (image instanceof HTMLImageElement && image.naturalWidth > 0 ? image.currentSrc : undefined),
    await picture.elementHandle(),
  )
  expect(await loaded.jsonValue()).toContain(`/${name}.`)
  await context.close()
}
