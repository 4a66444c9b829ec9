// Publishes the public packages to JSR. With `--check`, it only tries that. What JSR must know of a package is in its
// package.json already, so the script writes each `jsr.json` itself, into a copy of the sources.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { publicPackages } from './packages.mjs'

/** The files of a package that JSR gets, in addition to `jsr.json`. */
const files = ['src', 'README.md', 'CHANGELOG.md']

/**
 * Returns the content of a package's `jsr.json`.
 *
 * Deno maps imports of other packages of the workspace by itself. All other dependencies become imports from npm, with
 * the ranges of the package.json.
 *
 * @param catalog - the ranges for which a package.json has `catalog:`.
 */
function jsrConfig({ manifest, entries }, catalog) {
  const { name, version, license, dependencies, peerDependencies } = manifest
  const imports = Object.entries({ ...dependencies, ...peerDependencies })
    .filter(([, range]) => !range.startsWith('workspace:'))
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

/** Copies the packages into a folder, which becomes a workspace of Deno. */
function stage(folder) {
  const packages = publicPackages()
  const { catalog } = parse(readFileSync('pnpm-workspace.yaml', 'utf8'))
  for (const found of packages) {
    const copy = join(folder, found.folder)
    mkdirSync(copy, { recursive: true })
    for (const file of files.filter((name) => existsSync(join(found.folder, name))))
      cpSync(join(found.folder, file), join(copy, file), { recursive: true })
    const config = jsrConfig(found, catalog)
    // Only these, so that an import of another package fails.
    for (const name of Object.keys(config.imports)) {
      const link = join(copy, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(resolve(found.folder, 'node_modules', name), link)
    }
    writeFileSync(join(copy, 'jsr.json'), JSON.stringify(config, null, 2))
  }
  const workspace = packages.map((found) => `./${found.folder}`)
  writeFileSync(join(folder, 'deno.json'), JSON.stringify({ workspace, nodeModulesDir: 'manual', lock: false }))
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const folder = mkdtempSync(join(tmpdir(), 'oauthkit-jsr-'))
try {
  stage(folder)
  // The copy is no git repository, so Deno cannot look there for uncommitted changes.
  const args = ['publish', '--allow-dirty', ...(values.check ? ['--dry-run'] : [])]
  const env = { ...process.env, NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync('deno', args, { cwd: folder, encoding: 'utf8', env })
  const output = `${stdout}${stderr}`
  const isFine = status === 0 && !(values.check && /^warning/im.test(output))
  if (!isFine || !values.check) console.log(output)
  else for (const [, one] of output.matchAll(/^Simulating publish of (\S+)/gm)) console.log(`${one} is ready for JSR`)
  if (!isFine) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
