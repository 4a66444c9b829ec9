import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Manifest = { readonly private?: boolean; readonly author: string; readonly keywords: readonly string[] }
type Complete = (own: object, folder: string, root: object) => Manifest

const root = new URL('../../', import.meta.url)
const script = new URL('scripts/metadata/complete-manifest.mjs', root).href
const { completeManifest } = (await import(script)) as { readonly completeManifest: Complete }

const read = (file: string): Manifest => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Manifest

/** Completes the manifest of a package in the folder `acme`, which has these keywords. */
const complete = (keywords?: readonly string[]): Manifest =>
  completeManifest({ keywords, exports: { '.': {} } }, 'acme', read('package.json'))

const forAll = ['access-token', 'fetch', 'ky', 'oauth', 'oauth2', 'token', 'typescript']

test.each([
  [undefined, forAll],
  [['redis'], [...forAll, 'redis']],
  [['oauth-provider'], [...forAll, 'oauth-provider', 'acme', 'client-credentials']],
  [['openid-connect'], [...forAll, 'openid-connect', 'oidc', 'openid']],
])('a package with the keywords %j gets those by which people search', (own, keywords) => {
  expect(complete(own).keywords.toSorted()).toEqual(keywords.toSorted())
})

test('the author of each published package is the author of the repository', () => {
  const { author } = read('package.json')
  const manifests = globSync('packages/*/package.json', { cwd: root.pathname }).map(read)
  const published = manifests.filter((manifest) => !manifest.private)
  expect(published.length).toBeGreaterThan(10)
  for (const one of [...published, complete()]) expect(one.author).toBe(author)
  expect(author).toBe('oauthkit contributors')
})
