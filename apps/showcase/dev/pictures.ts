// Makes the pictures of the tokens page that the README and the site show: pnpm run pictures
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright'
import { findChromium } from '../../../config/chromium.ts'
import { startSampleSite } from './sample-site.ts'

const launchOptions = findChromium()
if (!launchOptions) throw new Error('Chromium is missing: install it, or set CHROMIUM to its path')
const folder = fileURLToPath(new URL('../../../docs/public/', import.meta.url))

/** What happens to the token of the shops, and how many seconds later the next thing happens. */
const story = [
  ['Call', 8],
  ['Call', 8],
  ['Revoke', 1],
  ['Call', 7],
  ['Expire', 1],
  ['Call', 5],
  ['Call', 2],
] as const

async function takePicture(browser: Browser, colorScheme: 'light' | 'dark', isNarrow: boolean): Promise<void> {
  await using site = await startSampleSite()
  const viewport = { width: isNarrow ? 360 : 1280, height: 802 }
  const context = await browser.newContext({ colorScheme, viewport, deviceScaleFactor: isNarrow ? 2 : 1 })
  const page = await context.newPage()
  await page.goto(`${site.url}/tokens`)
  const card = page.getByRole('region', { name: 'Shops', exact: true })
  for (const [action, seconds] of story) {
    // oxlint-disable no-await-in-loop -- one after the other
    await Promise.all([page.waitForResponse(/tokens\/shops/), card.getByRole('button', { name: action }).click()])
    await setTimeout(seconds * 1000)
    // oxlint-enable no-await-in-loop
  }
  await page.mouse.move(0, 0)
  await page.getByRole('heading', { level: 1 }).click()
  const path = `${folder}tokens-${isNarrow ? 'narrow-' : ''}${colorScheme}.png`
  if (isNarrow) await card.screenshot({ path })
  else await page.screenshot({ path })
  await context.close()
}

const browser = await chromium.launch(launchOptions)
try {
  await Promise.all(
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      [false, true].map((isNarrow) => takePicture(browser, colorScheme, isNarrow)),
    ),
  )
} finally {
  await browser.close()
}
