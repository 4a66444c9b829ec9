/** The words by which people search, and that fit every package. */
const keywords = ['access-token', 'fetch', 'ky', 'oauth', 'oauth2', 'token', 'typescript']

/**
 * Returns a package's manifest with all members that follow from others: from the root's manifest, from the folder and
 * from `exports`. What only this package says stays.
 */
export function completeManifest(own, folder, root) {
  const entries = Object.entries(own.exports).filter(([, target]) => typeof target === 'object')
  const main = own.exports['.']
  const subpaths = entries.filter(([path]) => path !== '.').map(([path, { types }]) => [path.slice(2), [types]])
  const published = Object.entries(own.exports).map(([path, target]) => [path, publishedTarget(target)])
  const { repository, homepage, author } = root
  const { keywords: ownKeywords = [] } = own
  const implied = [
    // The site lists a package with this keyword under Providers. People search for the provider's own name.
    ...(ownKeywords.includes('oauth-provider') ? ['client-credentials', folder] : []),
    ...(ownKeywords.includes('openid-connect') ? ['oidc', 'openid'] : []),
  ]
  return {
    ...own,
    keywords: [...new Set([...keywords, ...ownKeywords, ...implied])].toSorted((a, b) => a.localeCompare(b)),
    homepage: `${homepage}packages/${folder}`,
    bugs: `${pageOf(root)}/issues`,
    license: root.license,
    author,
    repository: { ...repository, directory: `packages/${folder}` },
    files: ['dist'],
    type: 'module',
    sideEffects: false,
    // TypeScript and tools that do not read `exports` use these.
    main: main.default,
    types: main.types,
    ...(subpaths.length > 0 && { typesVersions: { '*': Object.fromEntries(subpaths) } }),
    publishConfig: { exports: Object.fromEntries(published), access: 'public' },
    engines: { node: '>=22' },
  }
}

/** The address of the repository's page. */
export const pageOf = ({ repository }) => repository.url.replace(/^git\+|\.git$/g, '')

/** The sources are only for this workspace. */
function publishedTarget(target) {
  if (typeof target === 'string') return target
  const { '@oauthkit/source': _source, ...published } = target
  return published
}
