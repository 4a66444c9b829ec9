import { readFileSync } from 'node:fs'
import { describePage } from './describe-page.ts'
import { translateLink } from './links.ts'
import { root, siteUrl } from './public-packages.ts'

/** One page of the site. */
export type Page = {
  /** The Markdown file, from the root of the repository. */
  readonly file: string
  /** The path on the site, such as `packages/redis`, without a slash at its start. */
  readonly path: string
}

/** The parts of the index, by the start of the path. */
const parts = [
  ['Guide', /^(?!packages\/|reference\/)/],
  ['Packages', /^packages\//],
  ['Reference', /^reference\//],
] as const

/**
 * Makes the texts for language models: `llms.txt`, an index with one line for each page, and `llms-full.txt`, which holds
 * all pages.
 *
 * @see {@link https://llmstxt.org}
 */
export function makeLlmsTexts(
  title: string,
  description: string,
  pages: readonly Page[],
): { readonly index: string; readonly full: string } {
  const head = `# ${title}\n\n> ${description}\n`
  const sections = parts.map(([name, pattern]) => {
    const lines = pages.filter(({ path }) => path !== '' && pattern.test(path)).map(lineOf)
    return `\n## ${name}\n\n${lines.join('\n')}\n`
  })
  const texts = pages.map(({ file, path }) => `\n---\nurl: ${siteUrl.href}${path}\n---\n\n${textOf(file)}\n`)
  return { index: head + sections.join(''), full: head + texts.join('') }
}

function lineOf({ file, path }: Page): string {
  const [, title = path] = /^# (.+)$/m.exec(readFileSync(root + file, 'utf8')) ?? []
  return `- [${title.replaceAll('\\', '')}](${siteUrl.href}${path}): ${describePage(file)}`
}

/** Returns the text of a page, with its links as addresses. */
function textOf(file: string): string {
  const text = readFileSync(root + file, 'utf8').replace(/^---\n.*?\n---\n/s, '')
  return text
    .replaceAll(/\]\(([^)\s]+)\)/g, (_, href: string) => {
      const link = translateLink(href, root + file)
      return `](${link.startsWith('/') ? siteUrl.href + link.slice(1) : link})`
    })
    .trim()
}
