import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { replaceLinks } from './links.ts'

/**
 * Finds links in a built site that lead to a page, a file or an anchor of this site that does not exist: links in its
 * pages, the addresses for other sites in their heads, and links in its Markdown and text files. VitePress itself checks
 * only the pages, and only in the text of Markdown files.
 *
 * @param folder - the folder of the built site.
 * @param site - the address of the site, with a slash at its end.
 * @returns a line for each of these links.
 */
export function findBrokenLinks(folder: string, site: URL): string[] {
  const files = globSync('**/*.{html,md,txt}', { cwd: folder }).toSorted()
  const read = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
  const anchors = new Map<string, Set<string>>()
  const anchorsOf = (page: string): Set<string> => {
    const known = anchors.get(page) ?? attributesOf(read.get(page) ?? '', 'id')
    anchors.set(page, known)
    return known
  }

  const fileOf = (pathname: string): string | undefined => {
    if (!pathname.startsWith(site.pathname)) return undefined
    const path = decodeURIComponent(pathname.slice(site.pathname.length))
    const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [`${path}.html`, path]
    return candidates.find((file) => existsSync(join(folder, file)) && statSync(join(folder, file)).isFile())
  }

  const broken: string[] = []
  for (const [file, text] of read) {
    for (const href of file.endsWith('.html') ? linksOfPage(text) : linksOfMarkdown(text)) {
      const url = new URL(href, site.href + file.replace(/(?:index)?\.html$/, ''))
      if (url.origin !== site.origin) continue
      const target = fileOf(url.pathname)
      const anchor = decodeURIComponent(url.hash.slice(1))
      if (!target) broken.push(`${file}: no page for ${href}`)
      else if (anchor && !anchorsOf(pageOfMarkdown(target)).has(anchor)) broken.push(`${file}: no anchor for ${href}`)
    }
  }
  return broken
}

const linksOfPage = (html: string): string[] => [
  ...attributesOf(html, 'href'),
  ...[...attributesOf(html, 'content')].filter((value) => /^https?:/.test(value)),
]

function linksOfMarkdown(markdown: string): string[] {
  const links: string[] = []
  replaceLinks(markdown, (target) => {
    links.push(target)
    return target
  })
  return links
}

/** The page next to a Markdown file, which has the same anchors. */
const pageOfMarkdown = (file: string): string => file.replace(/(?:\.html)?\.md$/, '.html')

/** Returns the values of an attribute of all tags. In a text, `<` is escaped, so each `<` starts a tag. */
function attributesOf(html: string, name: string): Set<string> {
  const pattern = new RegExp(`<[^>]* ${name}="([^"]*)"`, 'g')
  return new Set(Array.from(html.matchAll(pattern), ([, value = '']) => value.replaceAll('&amp;', '&')))
}
