import { expect, test } from 'vitest'
import { expectMainScene, openBreakIt } from './break-it-page.ts'
import { openSite } from './open-site.ts'

const opened = openSite()

// The other scenes, the keyboard and a wide screen are in break-it.long.test.ts.
test('a revoked token fails none of 200 calls, on a narrow screen in the dark, with reduced motion', () =>
  expectMainScene(opened, { viewport: { width: 320, height: 900 }, colorScheme: 'dark', reducedMotion: 'reduce' }))

test('other pages do not load the emulator', async () => {
  const { urls, context } = await openBreakIt(opened)
  const own = urls.filter((url) => url.endsWith('.js'))
  await context.close()
  const other = await opened.browser.newPage()
  other.setDefaultTimeout(0)
  const loaded: string[] = []
  other.on('request', (request) => void loaded.push(request.url()))
  await other.goto(`${opened.site.url}stores`, { waitUntil: 'networkidle' })
  await other.close()
  const emulator = own.filter((url) => /\/chunks\/break-it\b/.test(url))
  expect(emulator).toHaveLength(1)
  expect(loaded.length).toBeGreaterThan(0)
  expect(loaded.filter((url) => emulator.includes(url))).toEqual([])
})
