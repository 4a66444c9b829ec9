// Publishes the public packages to JSR. With `--check`, it only tries that. What JSR must know of a package is in its
// package.json already, so the script writes each `jsr.json` itself, into a copy of the sources.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { publicPackages, repository } from './packages.mjs'

/** The files of a package that JSR gets, in addition to `jsr.json`. */
const files = ['src', 'README.md', 'CHANGELOG.md']

/**
 * Returns the content of a package's `jsr.json`.
 *
 * Deno maps imports of other packages of the workspace by itself. All other dependencies become imports from npm, with
 * the ranges of the package.json. Optional peers are left out: no source imports them.
 *
 * @param catalog - the ranges for which a package.json has `catalog:`.
 */
export function jsrConfig({ manifest, entries }, catalog) {
  const { name, version, license, dependencies, peerDependencies, peerDependenciesMeta } = manifest
  const imports = Object.entries({ ...dependencies, ...peerDependencies })
    .filter(([other, range]) => !range.startsWith('workspace:') && !peerDependenciesMeta?.[other]?.optional)
    .map(([other, range]) => [other, `npm:${other}@${range === 'catalog:' ? catalog[other] : range}`])
  return {
    name,
    version,
    license,
    exports: Object.fromEntries(entries.map(({ path, source }) => [path, source])),
    imports: Object.fromEntries(imports),
    publish: { include: files },
  }
}

/** Copies the packages of a workspace into a folder, as a workspace of Deno. */
export function stage(folder, workspace = repository) {
  const packages = publicPackages(workspace)
  const { catalog } = parse(readFileSync(join(workspace, 'pnpm-workspace.yaml'), 'utf8'))
  for (const found of packages) {
    const copy = join(folder, relative(workspace, found.folder))
    mkdirSync(copy, { recursive: true })
    for (const file of files.filter((name) => existsSync(join(found.folder, name))))
      cpSync(join(found.folder, file), join(copy, file), { recursive: true })
    symlinkSync(join(found.folder, 'node_modules'), join(copy, 'node_modules'))
    writeFileSync(join(copy, 'jsr.json'), JSON.stringify(jsrConfig(found, catalog), null, 2))
  }
  const members = packages.map((found) => `./${relative(workspace, found.folder)}`)
  writeFileSync(
    join(folder, 'deno.json'),
    JSON.stringify({ workspace: members, nodeModulesDir: 'manual', lock: false }),
  )
}

/**
 * Publishes a staged workspace, or tries that.
 *
 * @returns what Deno prints, and whether all is well: it warns of nothing.
 */
export function publish(folder, { dryRun }) {
  // The copy is no git repository, so Deno cannot look there for uncommitted changes.
  const args = ['publish', '--allow-dirty', ...(dryRun ? ['--dry-run'] : [])]
  const { status, stdout, stderr } = spawnSync('deno', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const output = `${stdout}${stderr}`
  return { output, isFine: status === 0 && !/^warning/im.test(output) }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
  const folder = mkdtempSync(join(tmpdir(), 'oauthkit-jsr-'))
  try {
    stage(folder)
    const { output, isFine } = publish(folder, { dryRun: values.check })
    if (!isFine || !values.check) console.log(output)
    if (isFine) console.log(`${publicPackages().length} packages are ${values.check ? 'ready for' : 'on'} JSR`)
    else process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
