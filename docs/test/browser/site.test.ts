import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { siteUrl } from '../../site/public-packages.ts'
import { expectAccessible } from './checks.ts'
import { expectGoodPages, expectPicture, openSite, waitForVue } from './open-site.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const dist = `${root}docs/.vitepress/dist/`

const opened = openSite()

// A page of each kind. site.long.test.ts has more.
test('the pages are accessible and fit, on a narrow screen in the dark and on a wide one in the light', () =>
  expectGoodPages(opened, ['', 'stores', 'reference/core/functions/createTokenSource']))

test('the search finds an option of the reference, and leads to it', async () => {
  const page = await opened.browser.newPage()
  page.setDefaultTimeout(0)
  await page.goto(opened.site.url)
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

test.each([
  'there is no token, and user_login cannot get a token by itself: sign in again',
  'ORANGE_CLIENT_ID is not set: set that environment variable, or give the option clientId',
])('the search finds the message "%s" on the page of the errors first', async (message) => {
  const page = await opened.browser.newPage()
  page.setDefaultTimeout(0)
  await page.goto(opened.site.url)
  await waitForVue(page)
  await page.getByRole('button', { name: 'Search' }).first().click()
  await page.locator('.VPLocalSearchBox input').fill(message)
  const found = page.locator('.VPLocalSearchBox .result').first()
  await found.waitFor()
  expect(await found.getAttribute('href')).toMatch(/\/errors#/)
  await page.close()
})

test('the links below the title are on one line, also on the narrowest wide screen', async () => {
  const page = await opened.browser.newPage()
  page.setDefaultTimeout(0)
  await page.goto(opened.site.url)
  const links = await page.locator('.home-actions a').all()
  expect(links).toHaveLength(3)
  for (const width of [1152, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const boxes = await Promise.all(links.map((link) => link.boundingBox()))
    expect(new Set(boxes.map((box) => box?.y)).size).toBe(1)
  }
  await page.close()
})

// The two other pictures are in site.long.test.ts.
test.each([
  [320, 'light', 'tokens-narrow-light'],
  [1280, 'dark', 'tokens-dark'],
] as const)('the picture of the home page fits the screen, %i px wide and %s: %s', (width, colorScheme, name) =>
  expectPicture(opened, { viewport: { width, height: 800 }, colorScheme }, name),
)

test('a table that is cut off has shadows, and nothing covers them, with and without reduced motion', async () => {
  const page = await opened.browser.newPage({ viewport: { width: 320, height: 800 } })
  page.setDefaultTimeout(0)
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    await page.emulateMedia({ reducedMotion })
    await page.goto(`${opened.site.url}stores`)
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
  }
  await page.close()
})

test('in the sidebar of the reference, the groups look unlike their entries', async () => {
  const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(0)
  await page.goto(`${opened.site.url}reference/core/`)
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
