import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firstSentenceOf } from '../site/describe-page.ts'
import { findBrokenLinks } from '../site/find-broken-links.ts'
import { translateLink } from '../site/links.ts'
import { makeLlmsTexts } from '../site/llms-texts.ts'
import { publicPackages, repositoryUrl, root, siteUrl } from '../site/public-packages.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oauthkit-site-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Finds the broken links of a site with one page more than these two. */
function brokenLinksOf(html: string): string[] {
  const pages = {
    'index.html': '<h1 id="home">Home</h1>',
    'guide/stores.html': '<h2 id="a&amp;b">id="text"</h2>',
    'guide/index.html': html,
    'llms.txt': 'text',
  }
  for (const [path, text] of Object.entries(pages)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return findBrokenLinks(folder, '/base/')
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
  'data:image/svg+xml,x',
])('the link "%s" is good', (href) => {
  expect(brokenLinksOf(`<p id="here"><a class="link" href="${href}">link</a></p>`)).toEqual([])
})

test.each([
  ['/base/nowhere', 'no page'],
  ['/', 'no page'],
  ['stores.md', 'no page'],
  ['/base/guide/stores/', 'no page'],
  ['/base/guide/stores#nowhere', 'no anchor'],
  ['/base/guide/stores#text', 'no anchor'],
  ['#nowhere', 'no anchor'],
])('the link "%s" is broken: %s', (href, reason) => {
  expect(brokenLinksOf(`<a href="${href}">link</a>`)).toEqual([`guide/index.html: ${reason} for ${href}`])
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

test('llms.txt lists each page once, with its address and what it is about', () => {
  const pages = publicPackages.map(({ folder: path }) => ({ file: `${path}/README.md`, path }))
  const { index, full } = makeLlmsTexts('oauthkit', 'Tokens for ky.', [
    ...pages,
    { file: 'docs/stores.md', path: 'stores' },
  ])
  expect(index).toMatch(/^# oauthkit\n\n> Tokens for ky\.\n/)
  for (const { name, folder: path, description } of publicPackages) {
    expect(index).toContain(`\n- [${name}](${siteUrl.href}${path}): ${description}\n`)
  }
  expect(index.match(/^- /gm)).toHaveLength(pages.length + 1)
  expect(full).toContain(`](${siteUrl.href}packages/core)`)
  expect(full).not.toMatch(/\]\(\.\.?\//)
})
