import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { slug } from 'github-slugger'
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
 * Turns a link of a Markdown file, which works on GitHub, into a link that works on the site: to a page, or to a file
 * or a folder on GitHub.
 *
 * @param href - the link, such as `../redis#options`, or a whole address in the repository or on the site.
 * @param source - the path of the Markdown file.
 * @throws If the file, the folder, or the heading in a Markdown file that is no page, does not exist.
 */
export function translateLink(href: string, source: string): string {
  if (href.startsWith(siteUrl.href)) return `/${href.slice(siteUrl.href.length)}`
  if (!whole.test(href) && /^(?:[a-z]+:|\/|#|$)/i.test(href)) return href
  const [, target = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? []
  const absolute = whole.test(href) ? root + target.replace(whole, '') : resolve(dirname(source), decodeURI(target))
  const path = relative(root, absolute)
  const page = pageOf(path)
  if (page !== undefined && existsSync(absolute)) return `/${page}${hash}`
  if (path.startsWith('..') || !existsSync(absolute)) throw new Error(`${relative(root, source)}: no file for ${href}`)
  if (hash && path.endsWith('.md') && !headingsOf(absolute).has(hash.slice(1))) {
    throw new Error(`${relative(root, source)}: no heading for ${href}`)
  }
  const kind = statSync(absolute).isDirectory() ? 'tree' : 'blob'
  return `${repositoryUrl}/${kind}/main/${path}${hash}`
}

/**
 * Replaces the targets of all links of a Markdown text: of `[text](target)` and of `[name]: target`. Blocks of code stay
 * as they are.
 */
export function replaceLinks(markdown: string, replace: (target: string) => string): string {
  return markdown.replaceAll(
    /^```.*?^```$|(?<inline>\]\()(?<target>[^)\s]+)\)|(?<name>^\[[^\]]+\]: )(?<named>\S+)$/gms,
    (found, inline?: string, target?: string, name?: string, named?: string) => {
      if (inline && target) return `${inline}${replace(target)})`
      return name && named ? name + replace(named) : found
    },
  )
}

const headingsOf = (file: string): Set<string> =>
  new Set(Array.from(readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm), ([, heading = '']) => slug(heading)))

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
