import type { Page } from 'playwright'

/** Signs the emulated user in, from the first page to the profile. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('User').fill('emulated-user')
  await page.getByLabel('Password').fill('emulated-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${url}/profile`)
}
