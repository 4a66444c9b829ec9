import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { publicPackages, root } from './public-packages.ts'

/**
 * Describes a page in one line: by its package's description, else by the first sentence of its first paragraph.
 *
 * @param file - the page's Markdown file, from the root of the repository.
 */
export function describePage(file: string): string {
  // TypeDoc makes this page. It has only headings and lists.
  if (file === 'docs/reference/index.md') return 'All exports of all packages.'
  const owner = publicPackages.find(({ folder }) => folder === dirname(file))
  return owner?.description ?? firstSentenceOf(readFileSync(root + file, 'utf8'))
}

/** Returns the first sentence of a Markdown text, without its formatting. Headings, links alone and tables are skipped. */
export function firstSentenceOf(markdown: string): string {
  const paragraph = markdown
    .replace(/^---\n.*?\n---\n/s, '')
    .split(/\n{2,}/)
    .find((block) => /^(?:[A-Z]|`[^`])/.test(block))
  if (!paragraph) return ''
  const text = paragraph
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*\\]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return /^.+?\.(?= |$)/.exec(text)?.[0] ?? text.replace(/:$/, '.')
}
