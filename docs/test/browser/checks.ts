import axe from 'axe-core'
import type { BrowserContext, Page } from 'playwright'
import { expect } from 'vitest'

type Axe = { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

/** Checks a page against all of axe's rules, except for the rules in `ignored`. */
export async function expectAccessible(page: Page, ignored: readonly string[] = []): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const violations = await page.evaluate(async (ids) => {
    const loaded = globalThis as unknown as { axe: Axe }
    const rules = Object.fromEntries(ids.map((id) => [id, { enabled: false }]))
    const found = await loaded.axe.run({ resultTypes: ['violations'], rules })
    return found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])
  }, ignored)
  expect({ url: page.url(), violations }).toEqual({ url: page.url(), violations: [] })
}

/** Checks that the page does not scroll sideways. */
export async function expectFit(page: Page): Promise<void> {
  const { needed, available } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { needed: scrollWidth, available: clientWidth }
  })
  expect(needed).toBeLessThanOrEqual(available)
}

/** Returns what the browser will complain about: errors and messages of all pages, as they come. */
export function listenForComplaints(context: BrowserContext): readonly string[] {
  const complaints: string[] = []
  context.on('console', (message) => void complaints.push(message.text()))
  context.on('weberror', (error) => void complaints.push(String(error.error())))
  return complaints
}
