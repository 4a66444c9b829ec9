import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import GithubSlugger from 'github-slugger'
import type { MarkdownRenderer } from 'vitepress'
import { publicPackages, repositoryUrl, root, siteUrl } from './public-packages.ts'

/** The page of a file or a folder of the repository, such as `packages/redis`, without a slash at its start. */
export function pageOf(path: string): string | undefined {
  if (path === 'README.md') return ''
  const owner = publicPackages.find(({ folder }) => path === folder || path === `${folder}/README.md`)
  if (owner) return owner.folder
  return /^docs\/(?<page>.+)\.md$/.exec(path)?.groups?.['page']
}

/** The start of a link to a file or a folder of the repository. READMEs of packages have such links. */
const whole = new RegExp(String.raw`^${repositoryUrl}/(?:tree|blob)/main/`)

/**
 * Turns a link of a Markdown file, which works on GitHub or npm, into a link that works on the site: to a page, or to a
 * file or a folder on GitHub.
 *
 * @param href - the link, such as `../redis#options`, or a whole address in the repository.
 * @param source - the path of the Markdown file.
 * @throws If the file, the folder or the heading does not exist.
 */
export function translateLink(href: string, source: string): string {
  if (href.startsWith(siteUrl.href)) return href.slice(siteUrl.href.length - 1)
  if (!whole.test(href) && /^(?:[a-z]+:|\/|#|$)/i.test(href)) return href
  const [, target = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? []
  const absolute = whole.test(href) ? root + target.replace(whole, '') : resolve(dirname(source), decodeURI(target))
  const path = relative(root, absolute)
  const fail = (what: string) => {
    throw new Error(`${relative(root, source)}: no ${what} for ${href}`)
  }
  if (path.startsWith('..') || !existsSync(absolute)) return fail('file')
  const isFolder = statSync(absolute).isDirectory()
  const text = isFolder ? `${absolute}/README.md` : absolute
  if (hash && text.endsWith('.md') && !headingsOf(text).has(hash.slice(1))) return fail('heading')
  const page = pageOf(path)
  return page === undefined ? `${repositoryUrl}/${isFolder ? 'tree' : 'blob'}/main/${path}${hash}` : `/${page}${hash}`
}

/** Returns the anchors that GitHub makes for the headings of a Markdown file. */
function headingsOf(file: string): Set<string> {
  if (!existsSync(file)) return new Set()
  const slugger = new GithubSlugger()
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)
  return new Set(Array.from(headings, ([, heading = '']) => slugger.slug(heading)))
}

/** A markdown-it plugin that translates the links of all pages. */
export function translateLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('translate-links', ({ tokens, env }) => {
    const { path, realPath = path } = env as { readonly path: string; readonly realPath?: string }
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null
      if (href !== null) token.attrSet('href', translateLink(href, realPath))
    }
  })
}
