import { html } from './html.ts'
import { page } from './page.ts'

/** Makes the page that says why there is nothing else to show. */
export function messagePage(title: string, text: string): string {
  return page(
    title,
    html`<h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">Search for shops</a></p>`,
  )
}
