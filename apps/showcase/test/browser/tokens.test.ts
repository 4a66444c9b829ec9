import { expect, test } from 'vitest'
import { expectAccessible, openBrowser } from './open-browser.ts'

const open = openBrowser()

test('an open page shows how a revoked token is replaced, announces it, and stays accessible', async () => {
  const { site, page, seen } = await open({}, { reducedMotion: 'reduce' })
  await page.goto(`${site.url}/tokens`)
  await page.getByText('Live', { exact: true }).waitFor()
  const card = page.getByRole('region', { name: 'Shops', exact: true })
  const figure = (name: string) => card.locator('dl div', { hasText: name }).locator('dd').textContent()
  expect(await figure('Fingerprint')).toBe('no token')

  await card.getByRole('button', { name: 'Call' }).click()
  await card.getByText('Requested, because there was none').waitFor()
  const first = await figure('Fingerprint')
  expect(first).toMatch(/^[\da-f]{4} [\da-f]{4}$/)

  await card.getByRole('button', { name: 'Revoke' }).click()
  await card.getByText('sent again with a new token').waitFor()
  expect(await figure('Fingerprint')).not.toBe(first)
  expect([await figure('Renewals'), await figure('Replays')]).toEqual(['1', '1'])
  expect(await card.locator('.timeline .mark.rejected').count()).toBeGreaterThan(0)
  expect(await page.locator('[aria-live]').first().textContent()).toContain('Shops: ')

  await card.getByRole('button', { name: 'Expire' }).click()
  await card.getByText('Renewed, because it had expired').waitFor()
  await expectAccessible(page)
  const text = await page.content()
  for (const secret of site.secrets) expect(text).not.toContain(secret)
  expect(seen.complaints).toEqual([])
})

test('the page moves by itself, and stops when the user pauses it', async () => {
  const { site, page } = await open()
  await site.get('/shops?postalCode=35000')
  await page.goto(`${site.url}/tokens`)
  const card = page.getByRole('region', { name: 'Shops', exact: true })
  const mark = () => card.locator('.timeline .mark').first().getAttribute('x')
  const before = await mark()
  await expect.poll(mark).not.toBe(before)

  const pause = page.getByRole('button', { name: 'Pause' })
  await pause.click()
  expect(await pause.getAttribute('aria-pressed')).toBe('true')
  await page.getByText('Paused').waitFor()
  const calls = card.getByText('Renewed, because a call was rejected')
  await site.visit().post('/tokens/shops', { action: 'revoke' })
  expect(await calls.count()).toBe(0)
  await pause.click()
  await calls.waitFor()
})

test('if the user wants less motion, the page moves only when something happens', async () => {
  const { site, page } = await open({}, { reducedMotion: 'reduce' })
  await site.get('/shops?postalCode=35000')
  // The time after which it would move all the same never comes.
  await page.clock.setFixedTime(Date.now())
  await page.goto(`${site.url}/tokens`)
  const card = page.getByRole('region', { name: 'Shops', exact: true })
  await card.getByRole('button', { name: 'Revoke' }).click()
  await card.getByText('sent again with a new token').waitFor()
  /** Counts how often it is drawn while another stream brings three messages. */
  const drawings = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let drawn = 0
        let messages = 0
        const live = document.querySelector('#shops-live')
        if (live) new MutationObserver(() => (drawn += 1)).observe(live, { childList: true })
        const stream = new EventSource('/tokens/events')
        stream.addEventListener('message', () => {
          messages += 1
          if (messages < 3) return
          stream.close()
          resolve(drawn)
        })
      }),
  )
  expect(drawings).toBe(0)
  await card.getByRole('button', { name: 'Expire' }).click()
  await card.getByText('Renewed, because it had expired').waitFor()
})
