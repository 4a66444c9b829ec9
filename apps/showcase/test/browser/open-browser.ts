import axe from 'axe-core'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { findChromium } from '../../../../config/chromium.ts'
import { startSite, type Site } from '../support.ts'
import type { SampleSiteOptions } from '../../dev/sample-site.ts'

/** A site, and a user in front of it. */
export type Visit = { readonly site: Site; readonly context: BrowserContext; readonly page: Page; readonly seen: Seen }

/** What the browser saw. */
type Seen = {
  /** The messages in the console. Those about the expected status of a page are left out. */
  readonly complaints: readonly string[]
  /** All URLs that the browser requested. */
  readonly urls: readonly string[]
  /** All responses of the site. */
  readonly bodies: readonly string[]
}

/** Returns the heading of a page. */
export const heading = ({ page }: Pick<Visit, 'page'>): Promise<string | null> =>
  page.getByRole('heading', { level: 1 }).textContent()

/** Opens a site in a browser. */
export type Open = (site?: SampleSiteOptions, options?: BrowserContextOptions) => Promise<Visit>

/** Starts one browser for the tests of a file. Returns a function that opens a site in it, with its own cookies. */
export function openBrowser(): Open {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch(findChromium())
  })
  afterAll(() => browser.close())

  return async (siteOptions, options) => {
    const site = await startSite(siteOptions)
    const context = await browser.newContext(options)
    // The time limit of the test applies.
    context.setDefaultTimeout(0)
    onTestFinished(async () => {
      await context.close()
      await site[Symbol.asyncDispose]()
    })
    const page = await context.newPage()
    return { site, context, page, seen: watchPages(context, site.url) }
  }
}

function watchPages(context: BrowserContext, origin: string): Seen {
  const seen = { complaints: [] as string[], urls: [] as string[], bodies: [] as string[] }
  context.on('console', (message) => {
    if (!/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())) {
      seen.complaints.push(message.text())
    }
  })
  context.on('weberror', (error) => void seen.complaints.push(String(error.error())))
  context.on('request', (request) => void seen.urls.push(request.url()))
  context.on('response', (response) => {
    const isStream = response.url().endsWith('/tokens/events')
    if (!response.url().startsWith(origin) || isStream) return
    response.text().then(
      (text) => void seen.bodies.push(text),
      // A redirect has no body.
      () => {},
    )
  })
  return seen
}

type Axe = { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

/** Checks a page against all of axe's rules for WCAG 2.2 AA, and its best practices. */
export async function expectAccessible(page: Page): Promise<void> {
  // The policy of the page forbids that the page itself loads it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    const debugging = await page.context().newCDPSession(page)
    await debugging.send('Runtime.evaluate', { expression: axe.source })
    await debugging.detach()
  }
  const violations = await page.evaluate(async () => {
    const loaded = globalThis as unknown as { axe: Axe }
    const found = await loaded.axe.run({ resultTypes: ['violations'] })
    return found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])
  })
  expect(violations).toEqual([])
}

/** Checks that the page is not wider than the window. */
export async function expectFit(page: Page): Promise<void> {
  const [needed, there] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return [scrollWidth, clientWidth]
  })
  expect(needed).toBeLessThanOrEqual(there ?? 0)
}
