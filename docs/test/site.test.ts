import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describePage, firstSentenceOf } from '../site/describe-page.ts'
import { findBrokenLinks } from '../site/find-broken-links.ts'
import { replaceLinks, translateLink } from '../site/links.ts'
import { makeLlmsTexts } from '../site/llms-texts.ts'
import { groupOf, publicPackages, repositoryUrl, root, siteUrl } from '../site/public-packages.ts'
import { pageFrom, readPage, type Page } from '../site/read-page.ts'
import { cardPath, socialTags } from '../site/social-tags.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oauthkit-site-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Finds the broken links of a site with one page more than these two, and perhaps more files. */
function brokenLinksOf(html: string, more: Readonly<Record<string, string>> = {}): string[] {
  const pages = {
    'index.html': '<h1 id="home">Home</h1>',
    'guide/stores.html': '<h2 id="a&amp;b">id="text"</h2>',
    'guide/index.html': html,
    'guide/stores.md': '[Home](https://site.example/base/)\n\n[home]: ../#home\n\n```md\n[code](nowhere)\n```\n',
    'llms.txt': 'text',
    ...more,
  }
  for (const [path, text] of Object.entries(pages)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return findBrokenLinks(folder, new URL('https://site.example/base/'))
}

test.each([
  '/base/',
  '/base/#home',
  '/base/guide/',
  '/base/guide/stores',
  '/base/guide/stores#a%26b',
  '/base/llms.txt',
  'stores',
  '../',
  '#here',
  '',
  'https://example.com/#nowhere',
  'https://site.example/base/guide/stores',
  '/base/guide/stores.md#a%26b',
  'data:image/svg+xml,x',
])('the link "%s" is good', (href) => {
  expect(brokenLinksOf(`<p id="here"><a class="link" href="${href}">link</a></p>`)).toEqual([])
})

test.each([
  ['/base/nowhere', 'no page'],
  ['/', 'no page'],
  ['about.md', 'no page'],
  ['stores.md#nowhere', 'no anchor'],
  ['https://site.example/base/nowhere', 'no page'],
  ['/base/guide/stores/', 'no page'],
  ['/base/guide/stores#nowhere', 'no anchor'],
  ['/base/guide/stores#text', 'no anchor'],
  ['#nowhere', 'no anchor'],
])('the link "%s" is broken: %s', (href, reason) => {
  expect(brokenLinksOf(`<a href="${href}">link</a>`)).toEqual([`guide/index.html: ${reason} for ${href}`])
})

test.each([
  ['index.html.md', '[text](https://site.example/base/nowhere.md)', 'no page for https://site.example/base/nowhere.md'],
  ['llms.txt', '[text](guide/nowhere.md)', 'no page for guide/nowhere.md'],
  ['guide/a.md', '[name]: stores.md#nowhere', 'no anchor for stores.md#nowhere'],
  [
    'a.html',
    '<meta property="og:image" content="https://site.example/base/none.png">',
    'no page for https://site.example/base/none.png',
  ],
])('a broken link in %s is found: %s', (file, text, reason) => {
  expect(brokenLinksOf('', { [file]: text })).toEqual([`${file}: ${reason}`])
})

test.each([
  ['docs/stores.md', '../packages/redis', '/packages/redis'],
  ['docs/stores.md', '../packages/redis/README.md#licence', '/packages/redis#licence'],
  ['docs/stores.md', 'how-it-works.md#errors', '/how-it-works#errors'],
  ['docs/stores.md', '../README.md', '/'],
  ['packages/redis/README.md', '../core', '/packages/core'],
  ['packages/redis/README.md', '../../docs/stores.md', '/stores'],
  ['packages/redis/README.md', 'test', `${repositoryUrl}/tree/main/packages/redis/test`],
  ['packages/redis/README.md', 'package.json', `${repositoryUrl}/blob/main/packages/redis/package.json`],
  ['docs/stores.md', '../CONTRIBUTING.md#rules', `${repositoryUrl}/blob/main/CONTRIBUTING.md#rules`],
  ['packages/redis/README.md', `${repositoryUrl}/tree/main/packages/core`, '/packages/core'],
  ['packages/redis/README.md', `${repositoryUrl}/blob/main/docs/stores.md#cost`, '/stores#cost'],
  ['packages/redis/README.md', `${repositoryUrl}/tree/main/apps/worker`, `${repositoryUrl}/tree/main/apps/worker`],
  ['packages/redis/README.md', `${repositoryUrl}/issues`, `${repositoryUrl}/issues`],
  ['packages/redis/README.md', `${siteUrl.href}reference/redis/#a`, '/reference/redis/#a'],
  ['packages/redis/README.md', siteUrl.href, '/'],
  ['docs/stores.md', '#a', '#a'],
  ['docs/stores.md', '/reference/', '/reference/'],
  ['docs/stores.md', 'https://example.com/a.md', 'https://example.com/a.md'],
])('in %s, the link %s leads to %s', (source, href, link) => {
  expect(translateLink(href, root + source)).toBe(link)
})

test.each([
  ['../packages/nowhere', 'docs/stores.md: no file for ../packages/nowhere'],
  ['nowhere.md', 'docs/stores.md: no file for nowhere.md'],
  [`${repositoryUrl}/tree/main/packages/nowhere`, 'docs/stores.md: no file for https://'],
  ['../../outside', 'docs/stores.md: no file for ../../outside'],
  ['../CONTRIBUTING.md#nowhere', 'docs/stores.md: no heading for ../CONTRIBUTING.md#nowhere'],
])('the link %s in a page fails the build', (href, message) => {
  expect(() => translateLink(href, `${root}docs/stores.md`)).toThrow(message)
})

test.each([
  ['# Title\n\nOne `x`, with [a link](b.md). Two.', 'One x, with a link.'],
  ['---\na: b\n---\n\n| a |\n\nOver\ntwo lines', 'Over two lines'],
  ['# Title\n\nThese are:\n\n- one', 'These are.'],
  ['# Title', ''],
])('a page is described by its first sentence', (markdown, description) => {
  expect(firstSentenceOf(markdown)).toBe(description)
})

/** The pages of `llms.txt`, in the order in which VitePress lists them. */
const llmsPages: readonly Page[] = [
  'reference/core/functions/bearer',
  'reference/core/',
  'packages/redis',
  'packages/orange',
  'packages/core',
  'glossary',
  'stores',
  'how-it-works',
  '',
].map((path) => ({ path, title: `Title of ${path}`, description: `About ${path}.`, markdown: `Text of ${path}` }))

const llmsOrder = ['how-it-works', 'stores', 'packages/core', 'packages/orange', 'packages/redis', 'reference/core/']

test('llms.txt starts with what it is and how to start, and ends with the reference', () => {
  const { index } = makeLlmsTexts('oauthkit', 'Tokens for ky.', llmsPages, llmsOrder)
  expect(index).toBe(`# oauthkit

> Tokens for ky.

Each link leads to Markdown. [llms-full.txt](${siteUrl.href}llms-full.txt) has all pages in one file.

## Quick start

- [Title of packages/core](${siteUrl.href}packages/core.md): About packages/core.
- [Title of packages/orange](${siteUrl.href}packages/orange.md): About packages/orange.

## Guides

- [Title of how-it-works](${siteUrl.href}how-it-works.md): About how-it-works.
- [Title of stores](${siteUrl.href}stores.md): About stores.
- [Title of glossary](${siteUrl.href}glossary.md): About glossary.

## Packages

- [Title of packages/redis](${siteUrl.href}packages/redis.md): About packages/redis.

## Reference

- [Title of reference/core/](${siteUrl.href}reference/core/index.html.md): About reference/core/.
- [Title of reference/core/functions/bearer](${siteUrl.href}reference/core/functions/bearer.md): About reference/core/functions/bearer.
`)
})

test('llms-full.txt has the home page, and then all pages in the same order', () => {
  const { full } = makeLlmsTexts('oauthkit', 'Tokens for ky.', llmsPages, llmsOrder)
  const paths = Array.from(full.matchAll(/^---\nurl: (.+)\n---\n\nText of (.*)$/gm), ([, url, path]) => [url, path])
  expect(paths).toEqual(
    [
      '',
      'packages/core',
      'packages/orange',
      'how-it-works',
      'stores',
      'glossary',
      'packages/redis',
      'reference/core/',
      'reference/core/functions/bearer',
    ].map((path) => [siteUrl.href + path, path]),
  )
})

test.each([
  ['docs/stores.md', 'stores', 'Stores'],
  ['docs/index.md', '', 'Every API call carries a valid token'],
  ['packages/redis/README.md', 'packages/redis', '@oauthkit/redis'],
])('the Markdown of %s has whole addresses, and nothing that only the site needs', (file, path, title) => {
  const page = readPage(file)
  expect(page).toMatchObject({ path, title })
  const links: string[] = []
  replaceLinks(page.markdown, (target) => {
    links.push(target)
    return target
  })
  expect(links.length).toBeGreaterThan(4)
  for (const link of links) expect(link).toMatch(/^https:\/\//)
  for (const link of links.filter((one) => one.startsWith(siteUrl.href))) expect(link).toMatch(/\.md(?:#.+)?$/)
  expect(page.markdown).toMatch(new RegExp(`^# ${title}\n`))
  expect(page.markdown).not.toMatch(/^(?:---|<(?!!--)|\{\.)/m)
})

test.each([
  ['reference/core/index', '# @oauthkit/core\n', 'core: all exports'],
  ['reference/core/plugin/index', '# @oauthkit/core/plugin\n', 'core/plugin: all exports'],
  ['reference/core/plugin/functions/errorCode', '# errorCode()\n', 'core/plugin: errorCode()'],
  ['reference/private-key-jwt/type-aliases/SigningKey', '# SigningKey\n', 'private-key-jwt: SigningKey'],
  ['reference/index', '# Reference\n', 'Reference'],
  ['no-heading', 'Text\n', 'no-heading'],
])('the title of %s says in which module it is', (page, markdown, title) => {
  const { path } = pageFrom(`docs/${page}.md`, markdown)
  expect(pageFrom(`docs/${page}.md`, markdown).title).toBe(title)
  expect(path).toBe(page.replace(/index$/, ''))
})

test('the Markdown of a page of the reference has no attribute lists', () => {
  const { markdown } = pageFrom(
    'docs/reference/x.md',
    'Reference\n{.breadcrumbs}\n\n# X\n\nSource\n{.source}\n\nText\n',
  )
  expect(markdown).toBe('Reference\n\n# X\n\nSource\n\nText')
})

test('the Markdown of a page has no part that only a browser shows', () => {
  const part = '<div class="x"><ClientOnly><Part /></ClientOnly></div>'
  const { markdown } = pageFrom('docs/x.md', `# X\n\nText\n\n${part}\n\n## Y\n\nThe tag \`<ClientOnly>\`.\n`)
  expect(markdown).toBe('# X\n\nText\n\n## Y\n\nThe tag `<ClientOnly>`.')
  expect(readPage('docs/break-it.md').markdown).not.toMatch(/BreakIt|<div/)
})

test.each(globSync('docs/*.md', { cwd: root }))(
  '%s describes itself: by a sentence of its own, not about another page',
  (file) => {
    const description = describePage(file)
    expect(description.split(' ').length).toBeGreaterThan(6)
    expect(description).not.toMatch(/^(?:The glossary|How it works|packages\/)/)
  },
)

test.each([
  [['oauth', 'oauth-provider'], 'Providers'],
  [['oauth', 'token-store'], 'Token stores'],
  [['oauth'], 'Packages'],
])('the site lists a package with the keywords %j under %s', (keywords, group) => {
  expect(groupOf(keywords)).toBe(group)
})

test('each package with an …Auth function is a provider', () => {
  const providers = publicPackages.filter(({ entryPoints }) =>
    [...entryPoints.values()].some((file) => /\b[a-z]\w*Auth\b.* from /.test(readFileSync(root + file, 'utf8'))),
  )
  expect(providers.map(({ name }) => name)).toContain('@oauthkit/orange')
  expect(publicPackages.filter(({ group }) => group === 'Providers')).toEqual(providers)
})

test('other sites show a link with its title, its description and a picture, by whole addresses', () => {
  const tags = socialTags('packages/redis', 'A title', 'A description.')
  const contents = Object.fromEntries(tags.map(([, { property = '', name = property, content }]) => [name, content]))
  expect(contents).toMatchObject({
    'og:title': 'A title',
    'og:description': 'A description.',
    'og:url': `${siteUrl.href}packages/redis`,
    'og:image': `${siteUrl.href}card.png`,
  })
  expect(readFileSync(`${root}docs/public/${cardPath}`).readUInt32BE(16)).toBe(1200)
})
