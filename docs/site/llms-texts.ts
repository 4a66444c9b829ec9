import { publicPackages, siteUrl } from './public-packages.ts'
import { markdownPathOf, type Page } from './read-page.ts'

const isReference = ({ path }: Page): boolean => path.startsWith('reference/')
const isPackage = ({ path }: Page): boolean => path.startsWith('packages/')
const isStart = ({ path }: Page): boolean =>
  publicPackages.some(
    ({ name, folder, group }) => folder === path && (name === '@oauthkit/core' || group === 'Providers'),
  )

/** The parts of the index. */
const parts: readonly (readonly [name: string, has: (page: Page) => boolean])[] = [
  ['Quick start', isStart],
  ['Guides', (page) => !isPackage(page) && !isReference(page)],
  ['Packages', (page) => isPackage(page) && !isStart(page)],
  ['Reference', isReference],
]

/**
 * Makes the texts for language models: `llms.txt`, an index with one line for each page, and `llms-full.txt`, which holds
 * all pages.
 *
 * @param order - the paths of pages in the order of the sidebars. Pages that are not in it come last.
 * @see {@link https://llmstxt.org}
 */
export function makeLlmsTexts(
  title: string,
  description: string,
  pages: readonly Page[],
  order: readonly string[],
): { readonly index: string; readonly full: string } {
  const head = `# ${title}\n\n> ${description}\n`
  const about = `\nEach link leads to Markdown. [llms-full.txt](${siteUrl.href}llms-full.txt) has all pages in one file.\n`
  const ranks = new Map(order.map((path, rank) => [path, rank]))
  const rankOf = ({ path }: Page): number => ranks.get(path) ?? order.length
  const home = pages.filter(({ path }) => path === '')
  const others = pages.filter(({ path }) => path !== '').toSorted((one, other) => rankOf(one) - rankOf(other))
  const sections = parts.map(([name, has]) => ({ name, members: others.filter(has) }))
  const lists = sections.map(({ name, members }) => `\n## ${name}\n\n${members.map(lineOf).join('\n')}\n`)
  const all = [...home, ...sections.flatMap(({ members }) => members)]
  const texts = all.map(({ path, markdown }) => `\n---\nurl: ${siteUrl.href}${path}\n---\n\n${markdown}\n`)
  return { index: head + about + lists.join(''), full: head + texts.join('') }
}

const lineOf = ({ path, title, description }: Page): string =>
  `- [${title}](${siteUrl.href}${markdownPathOf(path)}): ${description}`
