import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../../config/chromium.ts'
import { siteUrl } from '../../site/public-packages.ts'
import { serveSite } from './serve-site.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

let site: Awaited<ReturnType<typeof serveSite>>
let browser: Browser

beforeAll(async () => {
  // In CI, an earlier step has built the site, and this takes a second.
  execFileSync(`${root}node_modules/.bin/turbo`, ['run', 'site:build', '--output-logs=errors-only'], { cwd: root })
  site = await serveSite(`${root}docs/.vitepress/dist`, siteUrl.pathname)
  browser = await chromium.launch(findChromium())
})

afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Waits until the page reacts to its user. */
async function waitForVue(page: Page): Promise<void> {
  await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}))
}

type Axe = { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

/** Checks a page against all of axe's rules, except for the rules in `ignored`. */
async function expectAccessible(page: Page, ignored: readonly string[] = []): Promise<void> {
  await page.evaluate(axe.source)
  const violations = await page.evaluate(async (ids) => {
    const loaded = globalThis as unknown as { axe: Axe }
    const rules = Object.fromEntries(ids.map((id) => [id, { enabled: false }]))
    const found = await loaded.axe.run({ resultTypes: ['violations'], rules })
    return found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])
  }, ignored)
  expect({ url: page.url(), violations }).toEqual({ url: page.url(), violations: [] })
}

/** Checks that the page does not scroll sideways. */
async function expectFit(page: Page): Promise<void> {
  const { needed, available } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { needed: scrollWidth, available: clientWidth }
  })
  expect(needed).toBeLessThanOrEqual(available)
}

const paths = [
  '',
  'how-it-works',
  'guarantees',
  'stores',
  'packages/redis',
  'reference/',
  'reference/core/',
  'reference/core/functions/createTokenSource',
  'reference/core/type-aliases/TokenSourceOptions',
]

test.each([
  [320, 'dark'],
  [1280, 'light'],
] as const)('the pages are accessible and fit, %i px wide and %s', async (width, colorScheme) => {
  const viewport = { width, height: 800 }
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  context.setDefaultTimeout(0)
  const complaints: string[] = []
  context.on('console', (message) => void complaints.push(message.text()))
  context.on('weberror', (error) => void complaints.push(String(error.error())))
  const page = await context.newPage()
  for (const path of paths) {
    await page.goto(site.url + path)
    await waitForVue(page)
    await expectAccessible(page)
    await expectFit(page)
  }
  expect(complaints).toEqual([])
  await context.close()
})

test('the search finds an option of the reference, and leads to it', async () => {
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  await page.goto(site.url)
  await waitForVue(page)
  await page.getByRole('button', { name: 'Search' }).first().click()
  await page.locator('.VPLocalSearchBox input').fill('storeTimeoutMs')
  const result = page.locator('.VPLocalSearchBox .result', { hasText: 'TokenSourceOptions' }).first()
  await result.waitFor()
  // In the search box of VitePress, the options of a list are links, which have shorter names than they show.
  await expectAccessible(page, ['nested-interactive', 'label-content-name-mismatch'])
  await result.click()
  await page.waitForURL('**/reference/core/type-aliases/TokenSourceOptions#storetimeoutms')
  await page.close()
})
