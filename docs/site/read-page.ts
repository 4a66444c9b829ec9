import { readFileSync } from 'node:fs'
import { describePage } from './describe-page.ts'
import { pageOf, replaceLinks, translateLink } from './links.ts'
import { root, siteUrl } from './public-packages.ts'

/** One page of the site. */
export type Page = {
  /** The path on the site, such as `packages/redis`, without a slash at its start. A path of a folder ends with a slash. */
  readonly path: string
  /** Its title, which no other page has. */
  readonly title: string
  /** One line that says what it is about. */
  readonly description: string
  /** Its text, in which each link is a whole address. */
  readonly markdown: string
}

/**
 * Reads a page.
 *
 * @param file - the page's Markdown file, from the root of the repository.
 */
export const readPage = (file: string): Page => ({
  ...pageFrom(file, readFileSync(root + file, 'utf8')),
  description: describePage(file),
})

/** Makes a page, without its description, of the text of its file. */
export function pageFrom(file: string, text: string): Omit<Page, 'description'> {
  const path = toPath(pageOf(file) ?? file)
  const markdown = toPlainMarkdown(text, file, path)
  const [, heading = path] = /^# (.+)$/m.exec(markdown) ?? []
  return { path, title: titleOf(path, heading.replaceAll('\\', '')), markdown }
}

/**
 * The path of a page's Markdown: next to its HTML.
 *
 * @see {@link https://llmstxt.org}
 */
export const markdownPathOf = (path: string): string => (/(?:^|\/)$/.test(path) ? `${path}index.html.md` : `${path}.md`)

const toPath = (page: string): string => page.replace(/(^|\/)index$/, '$1')

/** In the reference, several modules can have exports of the same name. */
function titleOf(path: string, heading: string): string {
  const [, module, member] = /^reference\/(.+?)\/(?:[^/]+\/([^/]+))?$/.exec(path) ?? []
  if (module === undefined) return heading
  return member === undefined ? `${module}: all exports` : `${module}: ${heading}`
}

/** Returns a text without what only the site needs, and with whole addresses. Those of pages lead to their Markdown. */
function toPlainMarkdown(text: string, file: string, path: string): string {
  const isHome = /^---\n(?:.*\n)*?layout: home\n/.test(text)
  const plain = text
    .replace(/^---\n.*?\n---\n/s, '')
    // An attribute list of VitePress, a part of the page that only a browser shows, and on the home page, the layout.
    .replaceAll(isHome ? /^ *<.*\n/gm : /^(?:\{\..+\}|<.*<ClientOnly>.*)\n/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
  // One file holds all pages, so a link to a part of the page also has its address.
  return replaceLinks(plain, (target) =>
    addressOf(target.startsWith('#') ? `/${path}${target}` : translateLink(target, root + file)),
  ).trim()
}

function addressOf(link: string): string {
  if (!link.startsWith('/')) return link
  const [, path = '', hash = ''] = /^\/([^#]*)(#.*)?$/.exec(link) ?? []
  return `${siteUrl.href}${markdownPathOf(toPath(path))}${hash}`
}
