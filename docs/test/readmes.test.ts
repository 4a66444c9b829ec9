import { existsSync, globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)

type Manifest = {
  readonly name: string
  readonly private?: boolean
  readonly homepage: string
  readonly repository: { readonly url: string }
}

const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const readManifest = (file: string): Manifest => JSON.parse(read(file)) as Manifest

const { homepage } = readManifest('package.json')
const repository = readManifest('package.json').repository.url.replace(/^git\+|\.git$/g, '')

/** The folders whose README is shown on the page of a package, and the folder that such a page is about. */
const folders = [...globSync('packages/*/', { cwd: root.pathname }), 'templates/provider'].filter(
  (folder) => !readManifest(`${folder}/package.json`).private,
)

const readmes = folders.map((folder) => ({
  name: readManifest(`${folder}/package.json`).name,
  text: read(`${folder}/README.md`),
}))

test('there is a README for each published package', () => {
  expect(readmes.length).toBeGreaterThan(10)
})

test.each(readmes)('the README of $name: a sentence, the installation, a program, what it does', ({ name, text }) => {
  const [, title, sentence, install = '', language, program = ''] =
    /^# (.+)\n\n(.+?)\n\n```sh\n(.+?)```\n\n(?:<!--.*?-->\n\n)?```(ts|js)\n(.+?)```\n\n## What it does\n\n- /s.exec(
      text,
    ) ?? []
  expect(title).toBe(name)
  expect(sentence?.match(/\.(?=\s|$)/g)).toHaveLength(1)
  expect(install).toContain(name)
  expect(language).toBeDefined()
  expect(program).toContain(`from '${name}'`)
  const imported = [...program.matchAll(/from '((?:@[^/']+\/)?[^/']+)'/g)].map(([, one = '']) => one)
  for (const one of imported.filter((other) => !other.startsWith('cloudflare:'))) expect(install).toContain(one)
  expect(text).toContain(`${homepage}reference/${name.replace('@oauthkit/', '')}/`)
  expect(text).toContain(`\`deno add jsr:${name}\`, or \`npx jsr add ${name}\``)
  expect(program.split('\n').filter(Boolean).length).toBeLessThanOrEqual(12)
})

test('the README of workers-kv binds the namespace as the sample does', () => {
  const [, binding = 'none'] =
    /^```jsonc\n.*?^ *("kv_namespaces": .+),$/ms.exec(read('packages/workers-kv/README.md')) ?? []
  expect(read('apps/worker/wrangler.jsonc')).toContain(binding)
  expect(read('packages/workers-kv/README.md')).toContain('workersKvStore(env.TOKENS)')
  expect(binding).toContain('"TOKENS"')
})

/** The anchor that GitHub makes of a heading. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsIn = (text: string): string[] =>
  [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading))

/** Returns the problem of a link, if it has one. */
function problemOf(target: string, text: string): string | undefined {
  const [address = '', anchor] = target.split('#')
  if (address === '') return anchorsIn(text).includes(anchor ?? '') ? undefined : 'no such heading'
  if (!/^https?:/.test(address)) return 'a relative link is dead outside the repository'
  if (!address.startsWith(`${repository}/`)) return undefined
  const [, kind, path = ''] = /^\/(tree|blob)\/main\/(.+)$/.exec(address.slice(repository.length)) ?? []
  const file = kind === 'tree' ? `${path}/README.md` : path
  if (kind === undefined || !existsSync(new URL(path, root))) return 'no such file'
  return anchor === undefined || anchorsIn(read(file)).includes(anchor) ? undefined : 'no such heading'
}

const links = readmes.flatMap(({ name, text }) =>
  [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(([, inline, reference = '']) => ({
    name,
    target: inline ?? reference,
    text,
  })),
)

test.each(links)('a link in the README of $name works also outside the repository: $target', ({ target, text }) => {
  expect(problemOf(target, text)).toBeUndefined()
})

test.each([
  ['../core', 'a relative link is dead outside the repository'],
  ['#no-such-part', 'no such heading'],
  [`${repository}/tree/main/packages/none`, 'no such file'],
  [`${repository}/blob/main/docs/stores.md#no-such-part`, 'no such heading'],
])('a dead link is noticed: %s', (target, problem) => {
  expect(problemOf(target, '# Title\n')).toBe(problem)
})
