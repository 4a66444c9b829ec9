import { html, type Html } from './html.ts'
import { page } from './page.ts'
import type { Shop } from './shops.ts'

/** What a visitor asked for, and what came of it; nothing at first. */
export type ShopSearch = {
  /** What was typed. */
  readonly postalCode?: string
  /** What is wrong with it. */
  readonly error?: string
  /** The shops that were found. */
  readonly shops?: readonly Shop[]
}

/** Makes the page with the form and the shops. */
export function shopsPage({ postalCode, error, shops }: ShopSearch = {}): string {
  const title = shops ? `Orange shops near ${postalCode}` : 'Find an Orange shop'
  return page(
    // Screen readers read the title first.
    error ? `Error: ${title}` : title,
    html`<h1>Find an Orange shop</h1>
      ${form(postalCode, error)} ${shops && results(postalCode, shops)}`,
  )
}

// The browser's own checks are off (novalidate): there is one message for a mistake, and it can be styled and read out.
const form = (postalCode: string | undefined, error: string | undefined): Html =>
  html`<form action="/" novalidate>
    <label for="postal-code">Postal code</label>
    <p class="hint" id="postal-code-hint">Five digits, such as 35000</p>
    ${error && html`<p class="error" id="postal-code-error" role="alert">${error}</p>`}
    <div class="field">
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
      <button>Find shops</button>
    </div>
  </form>`

const results = (postalCode: string | undefined, shops: readonly Shop[]): Html =>
  html`<section aria-labelledby="results">
    <h2 id="results">${headline(shops.length)} near ${postalCode}</h2>
    ${
      shops.length > 0
        ? html`<ul class="shops">
            ${shops.map(shopItem)}
          </ul>`
        : html`<p>Nothing here, sorry. Try the postal code of a larger town nearby.</p>`
    }
  </section>`

const headline = (count: number) => (count === 0 ? 'No shops' : count === 1 ? '1 shop' : `${count} shops`)

// In French whatever the page speaks, so that a screen reader pronounces it well.
const shopItem = ({ name, address, postalCode, city }: Shop): Html =>
  html`<li lang="fr">
    <h3>${name}</h3>
    <p>${address}<br />${postalCode} ${city}</p>
  </li>`
