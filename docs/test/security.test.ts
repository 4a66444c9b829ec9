import { existsSync, globSync, readFileSync } from 'node:fs'
import { slug } from 'github-slugger'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const page = read('docs/security.md')

/** The sections of a page, by the anchors of their headings. */
const sectionsOf = (text: string, level: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(new RegExp(`^${level} `, 'm'))
      .slice(1)
      .map((section) => [slug(section.slice(0, section.indexOf('\n'))), section]),
  )

/** The section of the page with this heading. */
const sectionOf = (anchor: string): string => sectionsOf(page, '##').get(anchor) ?? ''

/** The rows of the tables of a text, without their headings, as lists of cells. */
const rowsOf = (text: string): string[][] =>
  text
    .split(/\n{2,}/)
    .filter((block) => block.startsWith('| '))
    .flatMap((block) => block.trim().split('\n').slice(2))
    .map((line) => line.slice(1, -1).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()))

const namedIn = (section: string) =>
  Array.from(section.matchAll(/^- .+ `(?<file>[\w./-]+\.test\.ts)`: (?<name>.+)$/gm), ({ groups }) => ({
    file: groups?.['file'] ?? '',
    name: groups?.['name'] ?? '',
  }))

const attackers = sectionsOf(sectionOf('what-is-promised'), '###')
const promises = Array.from(attackers, ([attacker, section]) =>
  namedIn(section).map((promise) => ({ attacker, ...promise })),
).flat()
const guarantees = sectionsOf(read('docs/guarantees.md'), '##')

/** The section of guarantees.md that has a test, if one has it. */
const guaranteeOf = ({ file, name }: { readonly file: string; readonly name: string }): string | undefined =>
  Array.from(guarantees).find(([, section]) => section.includes(`\`${file}\`: ${name}\n`))?.[0]

test('each attacker of the first table has a section with promises, and each promise has a test', () => {
  const listed = rowsOf(sectionOf('who-could-attack')).map(([cell = '']) => /\(#(.+)\)$/.exec(cell)?.[1])
  expect(listed.length).toBeGreaterThan(10)
  expect(listed).toEqual([...attackers.keys()])
  for (const [attacker, section] of attackers) {
    const count = namedIn(section).length
    expect({ attacker, count }).toEqual({ attacker, count: section.match(/^- /gm)?.length })
    expect(count).toBeGreaterThan(1)
  }
})

test('a promise whose test is in a file of the long run says so', () => {
  const inLongRun = page.split('\n').filter((line) => line.includes('.long.test.ts`'))
  expect(inLongRun).not.toEqual([])
  expect(inLongRun.filter((line) => !line.includes('(long run)'))).toEqual([])
})

test.each(promises)('$attacker: $name', ({ file, name }) => {
  const path = `packages/${file}`
  expect(existsSync(new URL(path, root)), `${path} exists`).toBe(true)
  const source = read(path)
  expect(source, `${path} skips nothing`).not.toMatch(/\b(test|it|describe)\.(skip|todo|only)/)
  const spellings = ["'", '"', '`'].map((quote) => `${quote}${name.replaceAll(quote, `\\${quote}`)}${quote}`)
  expect(
    spellings.some((spelling) => source.includes(spelling)),
    `${path} has the test «${name}»`,
  ).toBe(true)
})

test.each([...attackers.keys()])(
  '%s links to the guarantees that its promises are among, and to no others',
  (attacker) => {
    const section = attackers.get(attacker) ?? ''
    const links = Array.from(section.matchAll(/\(guarantees\.md#([\w-]+)\)/g), ([, anchor]) => anchor)
    const needed = namedIn(section).map(guaranteeOf)
    expect(new Set(links)).toEqual(new Set(needed.filter((anchor) => anchor !== undefined)))
  },
)

type Manifest = {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifests = globSync('packages/*/package.json', { cwd: root.pathname })
  .map((file) => JSON.parse(read(file)) as Manifest)
  .filter((manifest) => !manifest.private)

test('the table of dependencies is that of the packages', () => {
  const namesIn = (cell = '') => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name)
  const table = rowsOf(sectionOf('dependencies-and-releases')).map(([name, own, peers]) => [
    namesIn(name)[0],
    namesIn(own).toSorted(),
    namesIn(peers).toSorted(),
  ])
  const real = manifests.map(({ name, dependencies = {}, peerDependencies = {} }) => [
    name,
    Object.keys(dependencies)
      .filter((one) => !one.startsWith('@oauthkit/'))
      .toSorted(),
    Object.keys(peerDependencies).toSorted(),
  ])
  expect(real.length).toBeGreaterThan(10)
  expect(new Map(table.map((row) => [row[0], row]))).toEqual(new Map(real.map((row) => [row[0], row])))
})

test('only the login handler writes to the log', () => {
  const folders = manifests.map(({ name }) => `packages/${name.slice('@oauthkit/'.length)}`)
  const writers = folders
    .flatMap((folder) => globSync(`${folder}/src/**/*.ts`, { cwd: root.pathname }))
    .filter((file) => /\bconsole\./.test(read(file).replaceAll(/^ *\/?\*.*$/gm, '')))
  expect(writers).toEqual(['packages/login/src/handler/resolve-options.ts'])
})

type Job = {
  readonly needs?: string | readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps?: readonly { readonly env?: Readonly<Record<string, string>> }[]
}

test('a release is made as the page says', () => {
  const text = read('.github/workflows/release.yml')
  const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> }
  const named = (isOne: (job: Job) => boolean) => Object.keys(jobs).filter((name) => isOne(jobs[name] ?? {}))
  expect(text).not.toMatch(/\bsecrets\./)
  expect(named(({ permissions }) => permissions?.['id-token'] === 'write')).toEqual(['npm', 'jsr', 'snapshot'])
  const hasProvenance = ({ steps = [] }: Job) => steps.some(({ env }) => env?.['PNPM_CONFIG_PROVENANCE'] === 'true')
  expect(named(hasProvenance)).toEqual(['npm', 'snapshot'])
  const before = (name: string): string[] => [jobs[name]?.needs ?? []].flat().flatMap((one) => [one, ...before(one)])
  expect(before('npm')).toContain('check')
  expect(before('jsr')).toContain('check')
  expect(before('snapshot')).not.toContain('check')
  expect(JSON.parse(read('renovate.json'))).toMatchObject({ minimumReleaseAge: '3 days' })
})

test('the table of RFC 9700 has each section with a practice or an attack', () => {
  const sections = rowsOf(sectionOf('rfc-9700')).map(([section]) => section)
  const attacks = Array.from({ length: 17 }, (_, index) => `4.${index + 1}`)
  expect(sections).toEqual(['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6', ...attacks])
})
