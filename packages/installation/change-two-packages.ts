import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Copy } from './rehearse.ts'
import { readManifest } from './workspace.ts'

/** Returns the path of a package's file in a copy of the repository. */
const pathOf = ({ folder }: Pick<Copy, 'folder'>, name: string, file: string): string =>
  join(folder, 'packages', name, file)

/** Returns the version of a package in a copy. */
export const versionIn = (copy: Pick<Copy, 'folder'>, name: string): string =>
  readManifest(pathOf(copy, name, 'package.json')).version

/** Returns the part of a package's changelog that is about its version of today. */
export const changesIn = (copy: Pick<Copy, 'folder'>, name: string): string =>
  (readFileSync(pathOf(copy, name, 'CHANGELOG.md'), 'utf8').split(/^## /m)[1] ?? '').trim()

/** Adds a changeset for one package to a copy. */
export const describeChange = (
  { folder }: Pick<Copy, 'folder'>,
  name: string,
  level: 'major' | 'minor' | 'patch',
  summary: string,
): void =>
  writeFileSync(join(folder, `.changeset/${name}.md`), `---\n'@oauthkit/${name}': ${level}\n---\n\n${summary}\n`)

/** Returns the version after a small change, and the one after a change that may break users. */
const patched = (version = ''): string => version.replace(/\d+$/, (number) => `${Number(number) + 1}`)
const nextMajor = (version = ''): string => `${Number.parseInt(version, 10) + 1}.0.0`

type Repository = { readonly repository: { readonly url: string } }

/**
 * Changes two packages, sets the versions, and checks them and the changelogs.
 *
 * @param setVersions - sets the versions, as the version pull request does.
 * @returns the new versions.
 */
export async function changeTwoPackages(
  copy: Copy,
  setVersions: () => Promise<void>,
): Promise<Readonly<Record<'orange' | 'jwt' | 'bouygues', string>>> {
  const versionOf = (name: string) => versionIn(copy, name)
  const changesOf = (name: string) => changesIn(copy, name)
  const [orange, jwt, bouygues] = ['orange', 'private-key-jwt', 'bouygues'].map(versionOf)
  appendFileSync(
    pathOf(copy, 'orange', 'src/index.ts'),
    "\n/** A new export. */\nexport const added: string = 'added'\n",
  )
  describeChange(copy, 'orange', 'patch', 'The first line.\n\n- The second line.')
  describeChange(copy, 'private-key-jwt', 'major', 'It changes.')
  await copy.commit('orange: a change')
  const commit = (await copy.git('rev-parse', 'HEAD')).trim()
  await setVersions()
  const after = { orange: versionOf('orange'), jwt: versionOf('private-key-jwt'), bouygues: versionOf('bouygues') }
  expect(after).toEqual({ orange: patched(orange), jwt: nextMajor(jwt), bouygues: patched(bouygues) })

  const { repository } = JSON.parse(readFileSync(join(copy.folder, 'package.json'), 'utf8')) as Repository
  const home = repository.url.slice('git+'.length, -'.git'.length)
  const link = `([${commit.slice(0, 7)}](${home}/commit/${commit}))`
  expect(changesOf('orange')).toBe(
    `${after.orange}\n\n### Patch Changes\n\n- The first line. ${link}\n\n  - The second line.`,
  )
  expect(changesOf('private-key-jwt')).toBe(`${after.jwt}\n\n### Major Changes\n\n- It changes. ${link}`)
  expect(changesOf('bouygues')).toBe(
    `${after.bouygues}\n\n### Patch Changes\n\n- Needs newer versions:\n  - @oauthkit/private-key-jwt ${after.jwt}`,
  )
  return after
}
