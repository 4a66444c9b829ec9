import { html, type Html } from '../pages/html.ts'
import { pageSizes, type ListQuery, type Part } from './list-query.ts'

/** A list, and how it is shown. */
export type ListSection<Entry> = {
  /** The caption of the table. */
  readonly caption: string
  /** The path of the form and the links. */
  readonly path: string
  readonly query: ListQuery
  /** More parameters that the links keep. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly part: Part<Entry>
  readonly columns: readonly Column<Entry>[]
  /** The text if there are no entries. */
  readonly nothing: string
}

/** A column of a table. The first one names the row. */
type Column<Entry> = { readonly title: string; readonly value: (entry: Entry) => string | number }

/** Creates the fields for searching and paging. They belong into a form with the method GET. */
export const listFields = ({ search, size }: ListQuery, what: string): Html =>
  html`<div>
      <label for="search">${what}</label>
      <input id="search" name="search" type="search" value="${search}" maxlength="100" />
    </div>
    <div>
      <label for="size">Per page</label>
      <select id="size" name="size">
        ${pageSizes.map((one) => html`<option ${one === size && html`selected`}>${one}</option>`)}
      </select>
    </div>`

/** Creates the table of a list, and the links to its other pages. */
export function listSection<Entry>(section: ListSection<Entry>): Html {
  const { caption, part, columns, nothing } = section
  if (part.total === 0) return html`<p role="status">${nothing}</p>`
  return html`<p role="status">${summary(part)}</p>
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${part.entries.map((entry) => row(entry, columns))}
        </tbody>
      </table>
    </div>
    ${part.pages > 1 && pager(section)}`
}

const summary = ({ total, page, pages }: Part<unknown>): string =>
  `${total === 1 ? '1 entry' : `${total} entries`}${pages > 1 ? `, page ${page} of ${pages}` : ''}`

// The data is French, so screen readers must pronounce it as French.
const row = <Entry>(entry: Entry, columns: readonly Column<Entry>[]): Html =>
  html`<tr lang="fr">
    ${columns.map(({ value }, index) => (index === 0 ? html`<th scope="row">${value(entry)}</th>` : html`<td>${value(entry)}</td>`))}
  </tr>`

function pager<Entry>({ path, query, parameters, part }: ListSection<Entry>): Html {
  const link = (page: number, text: string, rel: string) => {
    const { search, size } = query
    const parametersOfPage = new URLSearchParams({ ...parameters, search, size: String(size), page: String(page) })
    return html`<a class="button plain" rel="${rel}" href="${path}?${String(parametersOfPage)}">${text}</a>`
  }
  return html`<nav class="pager" aria-label="Pages of the list">
    ${part.page > 1 && link(part.page - 1, 'Previous page', 'prev')}
    ${part.page < part.pages && link(part.page + 1, 'Next page', 'next')}
  </nav>`
}
