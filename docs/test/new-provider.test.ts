import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { groupOf } from '../site/public-packages.ts'
import {
  expectFinePackage,
  expectRefusal,
  newProvider,
  read,
  refusalOf,
  repository,
  root,
  snapshot,
} from './new-provider-runs.ts'

// new-provider.long.test.ts has the tests of packages with other options.
test.each([{ name: 'acme', prefix: 'ACME', args: [] }])(
  'the package that new-provider makes for $name passes tests, type check, linter and formatter unchanged',
  async (made) => {
    await expectFinePackage(made)
  },
)

test('new-provider adds the package to all lists of packages, and prints the lines with invented values', async () => {
  const { stdout } = await newProvider('acme-mobile')
  expect(read('README.md')).toMatch(/^\| \[`@oauthkit\/acme-mobile`\]\(packages\/acme-mobile\) +\| Acme Mobile: /m)
  expect(read('CONTRIBUTING.md')).toMatch(/^\| `packages\/acme-mobile` +\| Acme Mobile: .* `acmeMobileAuth` +\|$/m)
  expect(JSON.parse(read('.size-limit.json'))).toContainEqual(
    expect.objectContaining({ path: 'packages/acme-mobile/dist/index.js' }),
  )
  expect(JSON.parse(read('docs/package.json'))).toHaveProperty(['devDependencies', '@oauthkit/acme-mobile'])
  const { keywords } = JSON.parse(read('packages/acme-mobile/package.json')) as { readonly keywords: readonly string[] }
  expect(keywords).toContain('acme-mobile')
  expect(groupOf(keywords)).toBe('Providers')
  expect(read('.changeset/new-acme-mobile.md')).toContain("'@oauthkit/acme-mobile': minor")
  expect(stdout).toMatch(/packages\/acme-mobile\/src\/acme-mobile\.ts:\d+: tokenEndpoint: /)
  expect(stdout).toMatch(/packages\/acme-mobile\/README\.md:\d+: \[docs\]: /)
})

test('a new package has the same set-up as the package of Orange', async () => {
  await newProvider('acme')
  const files = ['tsconfig.json', 'package.json']
  const own = ['version', 'keywords', 'dependencies', 'devDependencies']
  const setUp = (folder: string, name: RegExp) =>
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8').replaceAll(name, 'name')
      return file === 'package.json'
        ? JSON.parse(text, (member, value: unknown) => (own.includes(member) ? undefined : value))
        : text
    })
  expect(setUp(join(root, 'packages/acme'), /acme/gi)).toEqual(setUp(join(repository, 'packages/orange'), /orange/gi))
})

test('with all URLs on the command line, only the samples are invented', async () => {
  const urls = ['--token-endpoint', '--api', '--docs'].flatMap((option) => [option, 'https://acme.example/x'])
  const { stdout } = await newProvider('acme', ...urls)
  expect(stdout.match(/^ {2}packages.*$/gm)).toEqual([expect.stringContaining('const samples')])
})

test('if a table has an unexpected form, new-provider prints the line to add', async () => {
  writeFileSync(join(root, 'README.md'), '# Another\n')
  const { stdout } = await newProvider('acme')
  expect(stdout).toContain('Add this to README.md where it fits:\n  | [`@oauthkit/acme`](packages/acme) |')
  expect(read('README.md')).toBe('# Another\n')
})

test.each([
  ['no name', [], 'Give its name'],
  ['upper case', ['Acme'], "'Acme' cannot be the name"],
  ['core', ['core'], 'packages/core is there already'],
  ['a reserved word', ['delete'], "'delete' cannot be the name of a variable"],
  ['an unknown option', ['acme', '--tokens', 'x'], '--tokens'],
  [
    'an unknown client authentication',
    ['acme', '--client-auth', 'toString'],
    '--client-auth must be one of client_secret',
  ],
  [
    'a secret in a URL',
    ['acme', '--token-request=get', '--client-auth=client_secret_post'],
    'choose a --client-auth that uses headers',
  ],
  [
    'an insecure endpoint',
    ['acme', '--token-endpoint', 'http://acme.example'],
    '--token-endpoint must be an https: URL',
  ],
  ['a title with a quote', ['acme', '--title', "Acme's"], '--title takes letters'],
])('%s is refused before anything is written', async (what, args, message) => {
  await expectRefusal(what, args, message)
})

test('a second run overwrites nothing', async () => {
  await newProvider('acme')
  const before = snapshot()
  expect(await refusalOf('acme')).toContain('packages/acme is there already')
  expect(snapshot()).toEqual(before)
})

test('an existing changeset is not overwritten, and no package is made', async () => {
  mkdirSync(join(root, '.changeset'))
  writeFileSync(join(root, '.changeset/new-acme.md'), 'mine')
  expect(await refusalOf('acme')).toContain('.changeset/new-acme.md is there already')
  expect(read('.changeset/new-acme.md')).toBe('mine')
  expect(existsSync(join(root, 'packages/acme'))).toBe(false)
})

test('if a file cannot be read, nothing is written', async () => {
  writeFileSync(join(root, '.size-limit.json'), 'not JSON')
  const before = snapshot()
  expect(await refusalOf('acme')).toContain('Nothing was written')
  expect(snapshot()).toEqual(before)
})

test('if a write fails, all changes are undone', async () => {
  writeFileSync(join(root, '.changeset'), 'no folder')
  const before = snapshot()
  expect(await refusalOf('acme')).toContain('Nothing was written')
  expect(snapshot()).toEqual(before)
})

test('--help shows the usage and all options', async () => {
  const { stdout } = await newProvider('--help')
  expect(stdout).toContain('new-provider <name> [options]')
  for (const option of ['--token-endpoint', '--api', '--client-auth', '--token-request', '--docs', '--title']) {
    expect(stdout).toContain(option)
  }
})
