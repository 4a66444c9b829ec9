// Takes pictures of all pages, narrow and wide, light and dark: pnpm run screenshots [folder]
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { findChromium } from '../../../config/chromium.ts'
import { startSampleSite } from './sample-site.ts'
import { signIn } from './sign-in.ts'

const launchOptions = findChromium()
if (!launchOptions) throw new Error('Chromium is missing: install it, or set CHROMIUM to its path')
const folder = process.argv[2] ?? 'reports/screenshots'
await mkdir(folder, { recursive: true })

/** The name of a picture, and what to do before it is taken. */
type Shot = readonly [name: string, open: (page: Page, url: string) => Promise<unknown>]

const goTo =
  (path: string) =>
  (page: Page, url: string): Promise<unknown> =>
    page.goto(url + path)

const shots: readonly Shot[] = [
  ['home', goTo('/')],
  ['shops', goTo('/shops?postalCode=35000')],
  ['shops-wrong', goTo('/shops?postalCode=1')],
  ['campaigns', goTo('/campaigns?size=3')],
  ['contracts', goTo('/contracts')],
  ['please-sign-in', goTo('/profile')],
  ['forged', goTo('/callback?state=forged&code=forged')],
  ['profile', signIn],
  [
    'tokens',
    async (page, url) => {
      await page.goto(`${url}/tokens`)
      const card = page.getByRole('region', { name: 'Shops', exact: true })
      for (const action of ['Call', 'Call', 'Revoke', 'Call', 'Expire']) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await Promise.all([page.waitForResponse(/tokens\/shops/), card.getByRole('button', { name: action }).click()])
      }
      await card.getByText('because it had expired').waitFor()
    },
  ],
  [
    'signed-out',
    async (page, url) => {
      await page.goto(`${url}/profile`)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL('**/signed-out*')
    },
  ],
]

const browser = await chromium.launch(launchOptions)
try {
  for (const width of [320, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      // oxlint-disable no-await-in-loop -- one after the other
      await using site = await startSampleSite()
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 800 },
        reducedMotion: 'reduce',
      })
      const page = await context.newPage()
      for (const [name, open] of shots) {
        await open(page, site.url)
        await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
      }
      await context.close()
      // oxlint-enable no-await-in-loop
    }
  }
  console.log(`Written to ${folder}`)
} finally {
  await browser.close()
}
