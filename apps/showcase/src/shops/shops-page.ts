import type { ListQuery, Part } from '../lists/list-query.ts'
import { listFields, listSection } from '../lists/list-section.ts'
import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/page.ts'
import type { Shop } from './find-shops.ts'

/** What a visitor searched for, and the result. At first, there is none. */
export type ShopSearch = {
  readonly query: ListQuery
  /** The text that the visitor typed. */
  readonly postalCode?: string
  /** The error in that text. */
  readonly error?: string
  /** The shops that were found. */
  readonly part?: Part<Shop>
}

/** Creates the page with the form and the shops. */
export function shopsPage({ query, postalCode = '', error, part }: ShopSearch): Page {
  const title = part ? `Orange shops near ${postalCode}` : 'Shops'
  return {
    // Screen readers read the title first.
    title: error ? `Error: ${title}` : title,
    content: html`<h1>Shops</h1>
      <p class="lead">From Orange, with client credentials.</p>
      ${form(query, postalCode, error)} ${part && results(query, postalCode, part)}`,
  }
}

// The browser's own checks are off (novalidate), so that the page has one message for a mistake, which screen readers read.
const form = (query: ListQuery, postalCode: string, error: string | undefined): Html =>
  html`<form class="search" role="search" action="/shops" novalidate>
    <div>
      <label for="postal-code">Postal code</label>
      <input
        id="postal-code"
        name="postalCode"
        value="${postalCode}"
        inputmode="numeric"
        autocomplete="postal-code"
        required
        aria-describedby="postal-code-hint${error && ' postal-code-error'}"
        ${error && html`aria-invalid="true"`}
      />
      <p class="hint" id="postal-code-hint">Five digits, such as 35000, 13001 or 75015</p>
      ${error && html`<p class="error" id="postal-code-error" role="alert">${error}</p>`}
    </div>
    ${listFields(query, 'Search by name or address')}
    <button>Find shops</button>
  </form>`

const results = (query: ListQuery, postalCode: string, part: Part<Shop>): Html =>
  listSection({
    caption: `Orange shops near ${postalCode}`,
    path: '/shops',
    query,
    parameters: { postalCode },
    part,
    columns: [
      { title: 'Name', value: ({ name }) => name },
      { title: 'Address', value: ({ address }) => address },
      { title: 'Town', value: ({ postalCode: code, city }) => `${code} ${city}` },
    ],
    nothing: query.search
      ? `No shop near ${postalCode} contains “${query.search}”.`
      : `There is no shop near ${postalCode}. Try the postal code of a larger town nearby.`,
  })
