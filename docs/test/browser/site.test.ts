import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../../config/chromium.ts'
import { siteUrl } from '../../site/public-packages.ts'
import { expectAccessible, expectFit, listenForComplaints } from './checks.ts'
import { serveSite } from './serve-site.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const dist = `${root}docs/.vitepress/dist/`

let site: Awaited<ReturnType<typeof serveSite>>
let browser: Browser

beforeAll(async () => {
  site = await serveSite(dist, siteUrl.pathname)
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
  const complaints = listenForComplaints(context)
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

test.each([1152, 1280])('the links below the title are on one line, %i px wide', async (width) => {
  const page = await browser.newPage({ viewport: { width, height: 800 } })
  page.setDefaultTimeout(0)
  await page.goto(site.url)
  const links = await page.locator('.home-actions a').all()
  const boxes = await Promise.all(links.map((link) => link.boundingBox()))
  expect(boxes).toHaveLength(3)
  expect(new Set(boxes.map((box) => box?.y)).size).toBe(1)
  await page.close()
})

test.each([
  [320, 'light', 'tokens-narrow-light'],
  [320, 'dark', 'tokens-narrow-dark'],
  [1280, 'light', 'tokens-light'],
  [1280, 'dark', 'tokens-dark'],
] as const)('the picture of the home page fits the screen, %i px wide and %s: %s', async (width, colorScheme, name) => {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
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
})

test.each(['reduce', 'no-preference'] as const)(
  'a table that is cut off has shadows, and nothing covers them (reduced motion: %s)',
  async (reducedMotion) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 800 }, reducedMotion })
    page.setDefaultTimeout(0)
    await page.goto(`${site.url}stores`)
    const { shadows, covers } = await page
      .locator('.vp-doc table')
      .first()
      .evaluate((table) => ({
        shadows: getComputedStyle(table).backgroundAttachment,
        covers: [...table.querySelectorAll('tr, th, td')]
          .map((cell) => getComputedStyle(cell).backgroundColor)
          .filter((color) => !/^rgba\(.+, 0(?:\.\d+)?\)$/.test(color)),
      }))
    expect(shadows).toBe('local, local, scroll, scroll')
    expect(covers).toEqual([])
    await page.close()
  },
)

test('in the sidebar of the reference, the groups look unlike their entries', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(0)
  await page.goto(`${site.url}reference/core/`)
  const sizeOf = (text: string) =>
    page
      .locator('.VPSidebar .text', { hasText: new RegExp(`^${text}$`) })
      .first()
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))
  expect(await sizeOf('Functions')).toBeLessThan(await sizeOf('bearer'))
  await page.close()
})

test('each page has its Markdown next to it, and tags for other sites', () => {
  const pages = globSync('**/*.html', { cwd: dist }).filter((page) => page !== '404.html')
  expect(pages.length).toBeGreaterThan(100)
  const incomplete = pages.filter((page) => {
    const html = readFileSync(dist + page, 'utf8')
    const tags = new Map(
      Array.from(html.matchAll(/<meta property="(.+?)" content="(.*?)">/g), ([, name, value]) => [name, value]),
    )
    const url = siteUrl.href + page.replace(/(?:(?<=^|\/)index)?\.html$/, '')
    return !(
      existsSync(dist + page.replace(/(?<!(?:^|\/)index)\.html$|$/, '.md')) &&
      tags.get('og:title') &&
      tags.get('og:description') &&
      tags.get('og:url') === url &&
      tags.get('og:image') === `${siteUrl.href}card.png`
    )
  })
  expect(incomplete).toEqual([])
  expect(existsSync(`${dist}card.png`)).toBe(true)
})

test('llms.txt has each page once, and each title once', () => {
  const pages = globSync('**/*.html', { cwd: dist }).filter((page) => !/^(?:404|index)\.html$/.test(page))
  const lines = Array.from(readFileSync(`${dist}llms.txt`, 'utf8').matchAll(/^- \[(.+?)\]\((.+?)\): .+$/gm))
  expect(lines).toHaveLength(pages.length)
  expect(new Set(lines.map(([, title]) => title)).size).toBe(pages.length)
  expect(new Set(lines.map(([, , address]) => address)).size).toBe(pages.length)
})

test('in the reference, an object names its members, and each package describes its own exports', () => {
  const reference = `${root}docs/reference/`
  const pages = globSync('**/*.md', { cwd: reference })
  const unnamed = pages.filter((page) => /(?:&|\*\*:) `object`/.test(readFileSync(reference + page, 'utf8')))
  expect(unnamed).toEqual([])
  expect(readFileSync(`${reference}core/type-aliases/TokenEvent.md`, 'utf8')).toContain(
    '& \\{ `provider`; `grant`; `key?`; \\}',
  )
  expect(pages).toContain('login/functions/userLogin.md')
  expect(pages).not.toContain('bouygues/functions/userLogin.md')
})
