import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from './registry.ts'
import { run } from './run.ts'
import { publicPackages, root, tool } from './workspace.ts'

/** A copy of the repository, from which releases are published to a registry on loopback. */
export type Rehearsal = {
  readonly folder: string
  /** Runs a script of the root's package.json with arguments, and returns what it printed. */
  readonly script: (name: string, ...args: string[]) => Promise<string>
  /** Runs git, and returns what it printed. */
  readonly git: (...args: string[]) => Promise<string>
  /** Commits all files. */
  readonly commit: (subject: string) => Promise<void>
  /** Builds, packs and publishes what is not published yet, with the commands of the release workflow. */
  readonly release: () => Promise<void>
}

/** Copies the repository as it is on disk, with uncommitted changes, into a new repository with one commit. */
export async function rehearse({ url, token }: Pick<Registry, 'url' | 'token'>, top: string): Promise<Rehearsal> {
  const { host, hostname } = new URL(url)
  if (hostname !== '127.0.0.1') throw new Error('Tests publish to loopback only')
  const [folder, home] = [join(top, 'repository'), join(top, 'maintainer')]
  mkdirSync(home)
  for (const file of filesOf(root)) cpSync(join(root, file), join(folder, file))
  writeFileSync(join(home, '.npmrc'), `registry=${url}\n@oauthkit:registry=${url}\n//${host}/:_authToken=${token}\n`)

  const person = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'A maintainer'],
    [`GIT_${role}_EMAIL`, 'maintainer@example.com'],
  ])
  const env = {
    ...Object.fromEntries(person),
    // It wins over each `.npmrc`, so that nothing can be published elsewhere.
    PNPM_CONFIG_REGISTRY: url,
    PNPM_CONFIG_STORE_DIR: execFileSync(tool('pnpm'), ['store', 'path'], { cwd: root, encoding: 'utf8' }).trim(),
    // The age of all dependencies was checked when they were installed in the repository itself.
    PNPM_CONFIG_MINIMUM_RELEASE_AGE: '0',
    // It would install the rest.
    PNPM_CONFIG_VERIFY_DEPS_BEFORE_RUN: 'false',
    TURBO_TELEMETRY_DISABLED: '1',
  }
  const call = (...command: string[]) => run(command, folder, home, env)
  const script = (name: string, ...args: string[]) => call(tool('pnpm'), 'run', name, ...args)
  const git = (...args: string[]) => call('git', ...args)
  const commit = async (subject: string) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', subject)
  }
  await git('init', '--quiet', '--initial-branch', 'main')
  await commit('the repository')
  // Only what a release needs, because most of the files are for the tests.
  const needed = ['.', ...publicPackages(folder).map(({ manifest }) => manifest.name)]
  const filters = needed.map((name) => `--filter=${name}`)
  await call(tool('pnpm'), 'install', '--frozen-lockfile', '--offline', ...filters)

  let releases = 0
  const release = async () => {
    releases += 1
    const [plan, packed] = [join(top, `plan-${releases}.json`), join(top, `packed-${releases}`)]
    await call(tool('changeset'), 'publish-plan', '--output', plan)
    await script('build')
    await call(tool('changeset'), 'pack', '--out-dir', packed, '--from-publish-plan', plan)
    await call(tool('changeset'), 'publish', '--from-pack-dir', packed)
  }
  return { folder, script, git, commit, release }
}

/** Returns the files of a repository, without those that git ignores. */
const filesOf = (repository: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(repository, file)))
