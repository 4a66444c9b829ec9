import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Finds links in a built site that lead to a page, a file or an anchor that does not exist. VitePress itself checks only
 * the pages, and only in the text of Markdown files.
 *
 * @param folder - the folder of the built site.
 * @param base - the path that the site is served at, such as `/oauthkit/`.
 * @returns a line for each of these links.
 */
export function findBrokenLinks(folder: string, base: string): string[] {
  const pages = globSync('**/*.html', { cwd: folder }).toSorted()
  const read = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]))
  const anchors = new Map<string, Set<string>>()
  const anchorsOf = (page: string): Set<string> => {
    const known = anchors.get(page) ?? attributesOf(read.get(page) ?? '', 'id')
    anchors.set(page, known)
    return known
  }

  const fileOf = (pathname: string): string | undefined => {
    if (!pathname.startsWith(base)) return undefined
    const path = decodeURIComponent(pathname.slice(base.length))
    const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [`${path}.html`, path]
    return candidates.find((file) => existsSync(join(folder, file)) && statSync(join(folder, file)).isFile())
  }

  const broken: string[] = []
  for (const [page, html] of read) {
    for (const href of attributesOf(html, 'href')) {
      const url = new URL(href, `site:${base}${page.replace(/(?:index)?\.html$/, '')}`)
      if (url.protocol !== 'site:') continue
      const target = fileOf(url.pathname)
      const anchor = decodeURIComponent(url.hash.slice(1))
      if (!target) broken.push(`${page}: no page for ${href}`)
      else if (anchor && !anchorsOf(target).has(anchor)) broken.push(`${page}: no anchor for ${href}`)
    }
  }
  return broken
}

/** Returns the values of an attribute of all tags. In a text, `<` is escaped, so each `<` starts a tag. */
function attributesOf(html: string, name: string): Set<string> {
  const pattern = new RegExp(`<[^>]* ${name}="([^"]*)"`, 'g')
  return new Set(Array.from(html.matchAll(pattern), ([, value = '']) => value.replaceAll('&amp;', '&')))
}
