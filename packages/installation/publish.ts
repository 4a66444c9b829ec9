import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from './registry.ts'
import { run } from './run.ts'
import { publicPackages, root, tool, type Manifest } from './workspace.ts'

/**
 * Publishes the packages of the workspace to a registry on loopback, as a release would. It publishes from a copy, in
 * which the changesets set the versions.
 *
 * @returns the manifests of the copy, with the published versions.
 */
export async function publish({ url, token }: Pick<Registry, 'url' | 'token'>, folder: string): Promise<Manifest[]> {
  if (new URL(url).hostname !== '127.0.0.1') throw new Error('Tests publish to loopback only')
  for (const { folder: source, manifest } of publicPackages())
    if (!existsSync(join(source, 'dist'))) throw new Error(`${manifest.name} is not built: pnpm run build`)

  const copy = join(folder, 'workspace')
  const home = join(folder, 'publisher')
  mkdirSync(join(copy, 'node_modules/@changesets'), { recursive: true })
  mkdirSync(home)
  // The links between packages are relative, so the links in the copy point to packages in the copy.
  for (const name of ['package.json', 'pnpm-workspace.yaml', 'LICENSE', '.changeset', 'packages'])
    cpSync(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true })
  symlinkSync(join(root, 'node_modules/@changesets/cli'), join(copy, 'node_modules/@changesets/cli'))
  if (globSync('.changeset/*.md', { cwd: copy }).length > 0) {
    // The formatter would make pnpm install the dependencies of the copy.
    const config = join(copy, '.changeset/config.json')
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), format: false }))
    await run([tool('changeset'), 'version'], copy, home)
  }

  // The registry of a scope in an `.npmrc` wins over the option `--registry`, so both are set here.
  const { host } = new URL(url)
  writeFileSync(join(home, '.npmrc'), `registry=${url}\n@oauthkit:registry=${url}\n//${host}/:_authToken=${token}\n`)
  const publishing = [tool('pnpm'), 'publish', '--recursive', '--no-git-checks', `--registry=${url}`]
  await run([...publishing, '--config.verify-deps-before-run=false'], copy, home)
  return publicPackages(copy).map(({ manifest }) => manifest)
}
