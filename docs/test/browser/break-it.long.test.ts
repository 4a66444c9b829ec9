import { expect, test } from 'vitest'
import { button, expectMainScene, main, numberOf, openBreakIt, result } from './break-it-page.ts'
import { openSite } from './open-site.ts'

const opened = openSite()

test('a revoked token fails none of 200 calls, on a wide screen in the light, with motion', () =>
  expectMainScene(opened, {
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'no-preference',
  }))

test('a reader breaks and restores everything by keyboard', async () => {
  const { page, context } = await openBreakIt(opened, { reducedMotion: 'reduce' })
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
  const { page, context } = await openBreakIt(opened, { reducedMotion: 'reduce' })
  await page.getByRole('heading', { level: 1 }).click()
  const focused = page.locator(':focus')
  do await page.keyboard.press('Tab')
  while ((await focused.textContent())?.trim() !== main)
  await page.keyboard.press('Space')
  expect(await result(page)).toContain('All 200 calls were answered, with 2 token requests.')
  await context.close()
})

test('each scene of the page runs in the browser', async () => {
  const { page, context } = await openBreakIt(opened, { reducedMotion: 'reduce' })
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
