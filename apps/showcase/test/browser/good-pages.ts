import { expect } from 'vitest'
import { signIn } from '../../dev/sign-in.ts'
import { expectAccessible, expectFit, type Open } from './open-browser.ts'

/** Checks pages on a wide screen in the light, and on a narrow one in the dark. Each is loaded once. */
export async function expectGoodPages(open: Open, paths: readonly string[]): Promise<void> {
  // Otherwise, axe would see colours in the middle of a transition.
  const { site, page, seen } = await open({}, { reducedMotion: 'reduce' })
  const check = async (path: string) => {
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(site.url + path)
    await expectAccessible(page)
    await expectFit(page)
    await page.setViewportSize({ width: 320, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectAccessible(page)
    await expectFit(page)
  }
  // Without a session, this page asks the visitor to sign in.
  await check('/profile')
  await signIn(page, site.url)
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (const path of paths) await check(path)
  expect(seen.complaints).toEqual([])
}
