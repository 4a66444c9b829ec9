import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { slug } from 'github-slugger'
import { defineConfig, type DefaultTheme } from 'vitepress'
import { describePage } from '../site/describe-page.ts'
import { findBrokenLinks } from '../site/find-broken-links.ts'
import { pageOf, translateLinks } from '../site/links.ts'
import { makeLlmsTexts } from '../site/llms-texts.ts'
import { groups, privateFolders, publicPackages, repositoryUrl, root, siteUrl } from '../site/public-packages.ts'
import { markdownPathOf, readPage } from '../site/read-page.ts'
import { cardPath, socialTags } from '../site/social-tags.ts'
import { createStrictLogger } from '../site/strict-logger.ts'

const logger = createStrictLogger()

const svg = readFileSync(new URL('logo.svg', import.meta.url), 'utf8')
/** The logo is part of each page, so that no other file has to be found below `base`. */
const logo = `data:image/svg+xml,${encodeURIComponent(svg.trim())}`

type Item = DefaultTheme.SidebarItem

const guide: Item[] = [
  {
    text: 'Start',
    items: [
      { text: 'Why oauthkit', link: '/why' },
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Break it yourself', link: '/break-it' },
    ],
  },
  {
    text: 'Use it',
    items: [
      { text: 'Orange, Bouygues, Digitaleo', link: '/providers' },
      { text: 'Any provider', link: '/any-provider' },
      {
        text: 'Sign users in',
        link: '/sign-in',
        items: [
          { text: 'Express', link: '/express' },
          { text: 'Hono', link: '/hono' },
          { text: 'Next.js', link: '/nextjs' },
          { text: 'Deno, Bun, Workers', link: '/deno-bun-workers' },
        ],
      },
      { text: 'Stores', link: '/stores' },
      { text: 'Many tenants', link: '/many-tenants' },
      { text: 'Test your app', link: '/testing' },
      { text: 'Logs, metrics and traces', link: '/observability' },
      { text: 'Proxies and certificates', link: '/networks' },
      { text: 'Clients without ky', link: '/other-clients' },
      { text: 'Jest and older tools', link: '/older-tools' },
    ],
  },
  {
    text: 'If something fails',
    items: [
      { text: 'Errors', link: '/errors' },
      { text: 'When something fails', link: '/when-things-fail' },
      { text: 'Retries and time limits', link: '/retries-and-time-limits' },
    ],
  },
  {
    text: 'Move to oauthkit',
    items: [
      { text: 'From a ky hook', link: '/from-a-ky-hook' },
      { text: 'From @badgateway/oauth2-client', link: '/from-badgateway-oauth2-client' },
      { text: 'From simple-oauth2', link: '/from-simple-oauth2' },
      { text: 'From openid-client', link: '/from-openid-client' },
    ],
  },
  {
    text: 'Understand and trust',
    items: [
      { text: 'How it works', link: '/how-it-works' },
      { text: 'How it works inside', link: '/inside' },
      { text: 'Security', link: '/security' },
      { text: 'Guarantees', link: '/guarantees' },
      { text: 'What is tested', link: '/tested' },
      { text: 'The explorer', link: '/explorer' },
      { text: 'Performance', link: '/performance' },
      { text: 'Comparison', link: '/comparison' },
      { text: 'Glossary', link: '/glossary' },
    ],
  },
  ...groups.map((text) => ({
    text,
    items: publicPackages
      .filter(({ group }) => group === text)
      .map(({ folder }) => ({ text: folder.slice('packages/'.length), link: `/${folder}` })),
  })),
]

const french: Item[] = [
  {
    text: 'En français',
    items: [
      { text: 'Démarrage rapide', link: '/fr/quick-start' },
      { text: 'Orange, Bouygues, Digitaleo', link: '/fr/providers' },
      { text: 'Erreurs', link: '/fr/errors' },
    ],
  },
]

/** The reference's modules, under short names such as `core/plugin`. */
const modules = (JSON.parse(readFileSync(`${root}docs/reference/typedoc-sidebar.json`, 'utf8')) as Item[]).map(
  ({ text = '', items = [], ...item }) => ({
    ...item,
    text: text.replace('@oauthkit/', ''),
    // A group is a heading, which cannot be closed.
    items: items.map((group) => ({ text: group.text ?? '', items: group.items ?? [] })),
  }),
)

const reference: Item[] = [{ text: 'Reference', link: '/reference/', items: modules }]

const linksOf = ({ link, items = [] }: Item): string[] => [...(link ? [link] : []), ...items.flatMap(linksOf)]

/** The paths of all pages, in the order of the sidebars. */
const sidebarOrder = [...guide, ...french, ...reference]
  .flatMap(linksOf)
  .map((link) => link.slice(1).replace(/\.md$/, ''))

export default defineConfig({
  title: 'oauthkit',
  description: 'OAuth 2.0 tokens for the ky HTTP client: requested, kept, renewed and attached for you.',
  locales: {
    root: { label: 'English', lang: 'en' },
    fr: {
      label: 'Français',
      lang: 'fr',
      link: '/fr/quick-start',
      description: 'Des jetons OAuth 2.0 pour le client HTTP ky : demandés, gardés, renouvelés et ajoutés pour vous.',
      themeConfig: {
        nav: [{ text: 'Guide', link: '/fr/quick-start' }],
        sidebar: french,
        outline: { level: [2, 3], label: 'Sur cette page' },
        docFooter: { prev: 'Page précédente', next: 'Page suivante' },
        darkModeSwitchLabel: 'Apparence',
        lightModeSwitchTitle: 'Passer au thème clair',
        darkModeSwitchTitle: 'Passer au thème sombre',
        sidebarMenuLabel: 'Menu',
        returnToTopLabel: 'Retour en haut',
        langMenuLabel: 'Changer de langue',
        skipToContentLabel: 'Aller au contenu',
        editLink: { pattern: `${repositoryUrl}/edit/main/:path`, text: 'Modifier cette page' },
        footer: { message: `Licence <a href="${repositoryUrl}/blob/main/LICENSE">MIT</a>` },
        notFound: {
          title: 'Page introuvable',
          quote: 'Il n’y a pas de page à cette adresse. Le menu et la recherche mènent à toutes les pages.',
          linkLabel: 'aller à la première page',
          linkText: 'Première page',
        },
      },
    },
  },
  base: siteUrl.pathname,
  cleanUrls: true,
  head: [
    ['link', { rel: 'icon', href: logo }],
    ['meta', { name: 'theme-color', content: '#0f766e' }],
  ],
  sitemap: { hostname: siteUrl.href },
  // The pages are where GitHub shows them: docs/*.md, and the README of each package.
  srcDir: root,
  srcExclude: [
    '*.md',
    '{apps,benchmarks,config,reports,scripts,templates}/**',
    'docs/{examples,test,generated-*}/**',
    'packages/*/!(README).md',
    'packages/*/*/**',
    ...privateFolders.map((folder) => `${folder}/**`),
  ],
  rewrites: (file) => `${pageOf(file) ?? file.replace(/\.md$/, '')}.md`,
  markdown: {
    // The usual themes have too little contrast for comments and keywords.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slug },
    headers: { slugify: slug },
    config: translateLinks,
  },
  transformPageData: (page) => {
    // The pages of the reference are generated: there is no file to edit.
    if (page.relativePath.startsWith('reference/')) page.frontmatter['editLink'] = false
    return { description: page.description || describePage(page.filePath) }
  },
  transformHead: ({ page, pageData, title, description }) =>
    pageData.isNotFound
      ? []
      : socialTags(page.replace(/(?:^|(?<=\/))index\.md$|\.md$/, ''), pageData.title || title, description),
  themeConfig: {
    logo,
    // Only some pages are translated: the menu of languages leads to the first page of a language.
    i18nRouting: false,
    nav: [
      { text: 'Guide', link: '/quick-start' },
      { text: 'Packages', link: '/packages/core', activeMatch: '^/packages/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
    ],
    sidebar: { '/': guide, '/reference/': reference },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // A message is usually searched for in order to mend its cause. Other pages have the same words.
        miniSearch: { searchOptions: { boostDocument: (id: string) => (/\/errors(\.html)?#/.test(id) ? 3 : 1) } },
        locales: {
          fr: {
            translations: {
              button: { buttonText: 'Rechercher', buttonAriaLabel: 'Rechercher' },
              modal: {
                displayDetails: 'Afficher la liste détaillée',
                resetButtonTitle: 'Effacer la recherche',
                backButtonTitle: 'Fermer la recherche',
                noResultsText: 'Aucun résultat pour',
                footer: {
                  selectText: 'pour sélectionner',
                  selectKeyAriaLabel: 'Entrée',
                  navigateText: 'pour naviguer',
                  navigateUpKeyAriaLabel: 'flèche vers le haut',
                  navigateDownKeyAriaLabel: 'flèche vers le bas',
                  closeText: 'pour fermer',
                  closeKeyAriaLabel: 'Échap',
                },
              },
            },
          },
        },
      },
    },
    socialLinks: [{ icon: 'github', link: repositoryUrl }],
    editLink: { pattern: `${repositoryUrl}/edit/main/:path`, text: 'Edit this page' },
    footer: { message: `<a href="${repositoryUrl}/blob/main/LICENSE">MIT</a> licence` },
  },
  vite: {
    customLogger: logger,
    // The index of the search is larger than Vite's limit of 500 kB. It is loaded with the first search.
    build: { chunkSizeWarningLimit: 1000 },
    plugins: [
      {
        // A README imports Vue, as each page does, but its package does not depend on Vue.
        name: 'find-vue',
        enforce: 'pre',
        resolveId(id, importer, options) {
          return /^vue(\/|$)/.test(id) && importer?.endsWith('.md')
            ? this.resolve(id, `${root}docs/index.md`, options)
            : null
        },
      },
    ],
  },
  buildEnd({ pages, outDir, site }) {
    const read = pages.map((file) => readPage(file))
    for (const { path, markdown } of read) writeFileSync(join(outDir, markdownPathOf(path)), `${markdown}\n`)
    const { index, full } = makeLlmsTexts(site.title, site.description, read, sidebarOrder)
    writeFileSync(join(outDir, 'llms.txt'), index)
    writeFileSync(join(outDir, 'llms-full.txt'), full)
    copyFileSync(`${root}docs/public/${cardPath}`, join(outDir, cardPath))
    const broken = findBrokenLinks(outDir, siteUrl)
    if (broken.length > 0) throw new Error(`These links are broken:\n${broken.join('\n')}`)
    if (logger.hasWarned) throw new Error('The warnings above fail the build.')
  },
})
