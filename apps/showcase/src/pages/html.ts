/** Markup that is safe to send: only {@link html} makes it. */
class Html {
  readonly #markup: string
  constructor(markup: string) {
    this.#markup = markup
  }
  toString(): string {
    return this.#markup
  }
}

export type { Html }

/** What may stand in a template: text is escaped, markup stays as it is, lists are joined, `undefined` and `false` are nothing. */
export type HtmlValue = string | number | false | undefined | Html | readonly HtmlValue[]

/**
 * Makes markup from a template, escaping every value in it.
 *
 * Safe in text and in quoted attributes; not in `<script>`, `<style>` or attributes without quotes, and a URL from outside
 * must be checked before it becomes an `href`.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(render)))
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(render).join('')
  return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
