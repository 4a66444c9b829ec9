/** Markup that is safe to send. Only {@link html} makes it. */
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

/** A value in a template: text is escaped, markup stays as it is, lists are joined, `undefined` and `false` add nothing. */
export type HtmlValue = string | number | false | undefined | Html | readonly HtmlValue[]

/**
 * Makes markup from a template, and escapes every value in it.
 *
 * This is safe in text and in attributes with quotes. It is not safe in `<script>`, in `<style>` or in attributes without
 * quotes. Check a URL from outside before you use it as an `href`.
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
