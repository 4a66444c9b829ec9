import { globSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changesIn, changeTwoPackages, describeChange, versionIn } from '../change-two-packages.ts'
import { clients } from '../clients.ts'
import { emulate } from '../emulate.ts'
import { copyProgram, install, type Installation } from '../install.ts'
import { startRegistry, type Registry } from '../registry.ts'
import { rehearse, type Rehearsal } from '../rehearse.ts'
import { publicPackages, type Manifest } from '../workspace.ts'

// The tests are the steps of one rehearsal, and run in this order.

const folder = mkdtempSync(join(tmpdir(), 'oauthkit-rehearsal-'))
let registry: Registry
let rehearsal: Rehearsal
let project: Installation
/** What is printed at the end. */
const report: string[] = []

beforeAll(async () => {
  registry = await startRegistry(folder)
  rehearsal = await rehearse(registry, folder)
})

afterAll(async () => {
  console.log(report.join('\n'))
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What the registry knows about a package. */
type Published = {
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, Manifest>>
}

const lookUp = async (name: string): Promise<Published> =>
  (await fetch(`${registry.url}@oauthkit%2f${name}`)).json() as Promise<Published>

/** Returns each version of our packages in the registry, such as `core@0.1.0`. */
async function allPublished(): Promise<string[]> {
  const names = readdirSync(join(folder, 'storage/@oauthkit'))
  const versions = await Promise.all(
    names.map(async (name) => Object.keys((await lookUp(name)).versions).map((version) => `${name}@${version}`)),
  )
  return versions.flat().toSorted()
}

const versionOf = (name: string): string => versionIn(rehearsal, name)

/** Returns the part of a package's changelog that is about its version of today. */
const changesOf = (name: string): string => changesIn(rehearsal, name)

/** Returns our packages that are installed. */
const namesIn = (installed: Installation['installed']): string[] =>
  installed
    .map(({ manifest: { name, version } }) => `${name}@${version}`)
    .filter((one) => one.startsWith('@oauthkit/'))
    .map((one) => one.replace('@oauthkit/', ''))
    .toSorted()

/** Returns the git tags. */
const tags = async (): Promise<string[]> => (await rehearsal.git('tag')).trim().split('\n').toSorted()

/** Sets the versions, as the version pull request does. */
async function setVersions(): Promise<void> {
  await rehearsal.script('version')
  await rehearsal.commit('release: set the versions')
}

/** Runs the project's program, which makes 20 calls with one token. */
async function callOrange(): Promise<string> {
  const { settings } = await emulate()
  copyProgram('orange.ts', project)
  const output = await project.run('orange.ts', {
    ORANGE_CLIENT_ID: settings.clientId,
    ORANGE_CLIENT_SECRET: settings.clientSecret,
    ORANGE: JSON.stringify(settings.provider),
    API: settings.api,
  })
  return output.trim()
}

const twentyCalls = Array(20).fill('200').join(' ')

test('the changesets of the repository release all public packages, and no private one', async () => {
  const names = publicPackages(rehearsal.folder).map(({ manifest }) => manifest.name.replace('@oauthkit/', ''))
  if (globSync('.changeset/*.md', { cwd: rehearsal.folder }).length > 0) await setVersions()
  await rehearsal.release()
  const released = names.map((name) => `${name}@${versionOf(name)}`)
  report.push(`First release: ${released.join(' ')}`)
  expect(await allPublished()).toEqual(released)
  expect(await tags()).toEqual(released.map((one) => `@oauthkit/${one}`))
})

test('a release names its dependencies with ranges of npm only', async () => {
  for (const one of await allPublished()) {
    const [name = '', version = ''] = one.split('@')
    const { dependencies, peerDependencies } = (await lookUp(name)).versions[version] ?? {}
    const ranges = Object.entries({ ...dependencies, ...peerDependencies })
    const ours = ranges.filter(([other]) => other.startsWith('@oauthkit/'))
    expect(ranges.filter(([, range]) => range.includes(':'))).toEqual([])
    expect(ours).toEqual(ours.map(([other]) => [other, `^${versionOf(other.replace('@oauthkit/', ''))}`]))
  }
})

test('a project installs the first release, and its program runs', async () => {
  project = await install(clients[0]!, ['@oauthkit/orange', '@oauthkit/bouygues', 'ky'], {
    registry: registry.url,
    folder,
  })
  expect(await callOrange()).toBe(twentyCalls)
})

test('two changesets release their two packages, and the one package that needs the newer version', async () => {
  const before = await allPublished()
  const after = await changeTwoPackages(rehearsal, setVersions)
  await rehearsal.release()
  report.push(
    '',
    ...['orange', 'private-key-jwt', 'bouygues'].map((name) => `CHANGELOG of ${name}: ${changesOf(name)}\n`),
  )
  const released = [`bouygues@${after.bouygues}`, `orange@${after.orange}`, `private-key-jwt@${after.jwt}`]
  report.push(`Second release: ${released.join(' ')}`)
  expect(await allPublished()).toEqual([...before, ...released].toSorted())
  expect(await tags()).toEqual([...before, ...released].map((one) => `@oauthkit/${one}`).toSorted())
  const { versions } = await lookUp('bouygues')
  expect(versions[after.bouygues]?.dependencies?.['@oauthkit/private-key-jwt']).toBe(`^${after.jwt}`)
})

test('a release does not change the lockfile', async () => {
  expect(await rehearsal.git('log', '--format=%s', '--', 'pnpm-lock.yaml')).toBe('the repository\n')
})

test('the project upgrades, and its program runs and finds what is new', async () => {
  const installed = await project.add(['@oauthkit/orange@latest', '@oauthkit/bouygues@latest'])
  const ours = namesIn(installed)
  report.push(`The project upgrades from ${namesIn(project.installed).join(' ')}`, `to ${ours.join(' ')}`)
  const names = ['bouygues', 'core', 'login', 'orange', 'private-key-jwt']
  expect(ours).toEqual(names.map((name) => `${name}@${versionOf(name)}`))
  expect(await callOrange()).toBe(twentyCalls)
  writeFileSync(
    join(project.folder, 'upgraded.ts'),
    "import '@oauthkit/bouygues'\nimport { added } from '@oauthkit/orange'\nconsole.log(added)\n",
  )
  expect(await project.run('upgraded.ts')).toBe('added\n')
})

test('a snapshot has a tag and a version of its own, and "latest" does not move', async () => {
  const before = await allPublished()
  const latest = versionOf('orange')
  const tagsBefore = await tags()
  describeChange(rehearsal, 'orange', 'minor', 'Another change.')
  await rehearsal.commit('orange: another change')
  await rehearsal.script('release:snapshot')

  const { 'dist-tags': distTags } = await lookUp('orange')
  report.push(`Snapshot: orange has the tags ${JSON.stringify(distTags)}`)
  expect(distTags).toEqual({ latest, snapshot: expect.stringMatching(/^0\.0\.0-snapshot-\d{14}$/) })
  expect(await allPublished()).toEqual([...before, `orange@${distTags['snapshot']}`].toSorted())
  expect(await tags()).toEqual(tagsBefore)
  await project.add(['@oauthkit/orange@snapshot'])
  expect(await callOrange()).toBe(twentyCalls)
})
