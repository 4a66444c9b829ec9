import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createEmulator } from '@oauthkit/emulator'
import { exportPKCS8, generateKeyPair } from 'jose'
import { isNode } from '../../config/vitest.ts'
import { afterAll, afterEach, beforeEach, expect, inject, test, vi } from 'vitest'

const root = new URL('../../', import.meta.url)

/** The folder of the examples. It is inside this workspace, so that they find the packages. */
const folder = new URL('../examples/', import.meta.url)

/** The code of the examples in a Markdown file. */
const inMarkdown = (text: string): string[] =>
  Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code)

/** The code of the `@example` blocks in the docstrings of a source file. */
const inDocstrings = (text: string): string[] =>
  Array.from(text.matchAll(/^ *\* @example\n *\* ```ts\n(.*?)^ *\* ```$/gms), ([, code = '']) =>
    code.replaceAll(/^ *\* ?/gm, ''),
  )

const documents = globSync(['*.md', 'docs/{,fr/}*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'], {
  cwd: root.pathname,
})
const examples = documents.flatMap((document) => {
  const find = document.endsWith('.md') ? inMarkdown : inDocstrings
  return find(readFileSync(new URL(document, root), 'utf8')).map((code, index) => ({
    document,
    number: index + 1,
    code,
    file: new URL(`${document.replaceAll(/\W+/g, '-')}-${index + 1}.ts`, folder),
  }))
})

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
for (const { file, code } of examples) {
  writeFileSync(file, code)
  // The pages of the frameworks import the login handler of docs/sign-in.md. Its last auth.ts is the one for them.
  if (code.startsWith('// auth.ts\n')) writeFileSync(new URL('auth.ts', folder), code)
}

/** The prefixes of the environment variables: each provider package has its own. */
const prefixes = readdirSync(new URL('packages', root)).map((name) => name.toUpperCase().replaceAll('-', '_'))

const { privateKey: key } = await generateKeyPair('RS256', { extractable: true })
const privateKey = await exportPKCS8(key)

beforeEach(() => {
  vi.stubEnv('REDIS_URL', inject('redisUrl'))
  vi.stubEnv('SESSION_SECRET', 'a secret of 32 characters or more')
  for (const prefix of prefixes) {
    vi.stubEnv(`${prefix}_CLIENT_ID`, 'emulated-client')
    vi.stubEnv(`${prefix}_CLIENT_SECRET`, 'emulated-secret')
    vi.stubEnv(`${prefix}_PRIVATE_KEY`, privateKey)
  }
  const network = globalThis.fetch
  const emulator = createEmulator()
  vi.stubGlobal('fetch', (input: RequestInfo | URL, init?: RequestInit) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input)
    return emulator.hosts.includes(hostname) ? emulator.fetch(input, init) : network(input, init)
  })
  for (const method of ['log', 'error'] as const) vi.spyOn(console, method).mockReturnValue()
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('there are examples to test', () => {
  const tested = [...new Set(examples.map(({ document }) => document))]
  expect(tested.filter((document) => document.endsWith('.md')).length).toBeGreaterThanOrEqual(10)
  expect(tested.filter((document) => document.endsWith('.ts')).length).toBeGreaterThanOrEqual(30)
})

// The compiler is the same on all platforms.
test.for(isNode ? ['every example compiles'] : [])('%s', () => {
  const tsc = new URL('node_modules/.bin/tsc', root)
  const compile = () =>
    execFileSync(tsc.pathname, ['--noEmit', '-p', '.'], { cwd: new URL('..', folder).pathname, encoding: 'utf8' })
  expect(compile()).toBe('')
})

test.each(examples)('example $number of $document runs', async ({ file }) => {
  await expect(import(/* @vite-ignore */ file.href)).resolves.toBeDefined()
})
