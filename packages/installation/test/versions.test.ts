import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { changeTwoPackages } from '../change-two-packages.ts'
import { copyRepository } from '../rehearse.ts'
import { run } from '../run.ts'
import { publicPackages, root, tool } from '../workspace.ts'

// rehearsal.long.test.ts publishes what these versions are for.
test('two changesets set the versions of their two packages, and of the one package that needs the newer version', async () => {
  const top = mkdtempSync(join(tmpdir(), 'oauthkit-versions-'))
  onTestFinished(() => rmSync(top, { recursive: true, force: true }))
  const copy = await copyRepository(top)
  mkdirSync(join(copy.folder, 'node_modules/@changesets'), { recursive: true })
  symlinkSync(join(root, 'node_modules/@changesets/cli'), join(copy.folder, 'node_modules/@changesets/cli'))
  // The formatter would make pnpm install the dependencies of the copy.
  const config = join(copy.folder, '.changeset/config.json')
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), format: false }))
  const setVersions = async () => {
    await run([tool('changeset'), 'version'], copy.folder, copy.home)
    await copy.commit('release: set the versions')
  }
  const versions = () => publicPackages(copy.folder).map(({ manifest: { name, version } }) => `${name}@${version}`)
  if (globSync('.changeset/*.md', { cwd: copy.folder }).length > 0) await setVersions()

  const before = versions()
  const { orange, jwt, bouygues } = await changeTwoPackages(copy, setVersions)
  expect(versions().filter((one) => !before.includes(one))).toEqual([
    `@oauthkit/bouygues@${bouygues}`,
    `@oauthkit/orange@${orange}`,
    `@oauthkit/private-key-jwt@${jwt}`,
  ])
})
