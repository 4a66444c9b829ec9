import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from './registry.ts'
import { run } from './run.ts'
import { publicPackages, root, tool } from './workspace.ts'

/** A copy of the repository. */
export type Copy = {
  readonly folder: string
  /** The home of the maintainer. */
  readonly home: string
  /** Runs git, and returns what it printed. */
  readonly git: (...args: string[]) => Promise<string>
  /** Commits all files. */
  readonly commit: (subject: string) => Promise<void>
}

/** A copy from which releases are published to a registry on loopback. */
export type Rehearsal = Copy & {
  /** Runs a script of the root's package.json with arguments, and returns what it printed. */
  readonly script: (name: string, ...args: string[]) => Promise<string>
  /** Builds, packs and publishes what is not published yet, with the commands of the release workflow. */
  readonly release: () => Promise<void>
}

const maintainer: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: 'A maintainer',
  GIT_AUTHOR_EMAIL: 'maintainer@example.com',
  GIT_COMMITTER_NAME: 'A maintainer',
  GIT_COMMITTER_EMAIL: 'maintainer@example.com',
}

/** Copies the repository as it is on disk, with uncommitted changes, into a new repository with one commit. */
export async function copyRepository(top: string): Promise<Copy> {
  const [folder, home] = [join(top, 'repository'), join(top, 'maintainer')]
  mkdirSync(home)
  for (const file of filesOf(root)) cpSync(join(root, file), join(folder, file))
  const git = (...args: string[]) => run(['git', ...args], folder, home, maintainer)
  const commit = async (subject: string) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', subject)
  }
  await git('init', '--quiet', '--initial-branch', 'main')
  await commit('the repository')
  return { folder, home, git, commit }
}

/** Copies the repository, and installs what a release needs. */
export async function rehearse({ url, token }: Pick<Registry, 'url' | 'token'>, top: string): Promise<Rehearsal> {
  const { host, hostname } = new URL(url)
  if (hostname !== '127.0.0.1') throw new Error('Tests publish to loopback only')
  const copy = await copyRepository(top)
  const { folder, home } = copy
  writeFileSync(join(home, '.npmrc'), `registry=${url}\n@oauthkit:registry=${url}\n//${host}/:_authToken=${token}\n`)

  const env = {
    ...maintainer,
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
  return { ...copy, script, release }
}

/** Returns the files of a repository, without those that git ignores. */
const filesOf = (repository: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(repository, file)))
