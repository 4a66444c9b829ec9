// Writes what the manifests and READMEs of the published packages have in common. The name of the repository and the
// address of the site come from the root's package.json. With --check, it only compares.
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completeManifest, pageOf } from './metadata/complete-manifest.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const isCheck = process.argv.includes('--check')
const read = (file) => JSON.parse(readFileSync(file, 'utf8'))
const root = read('package.json')

/** The addresses that the packages have now. */
const before = read('packages/core/package.json')
const addresses = [
  [`${pageOf(before)}/`, `${pageOf(root)}/`],
  [before.homepage.replace(/packages\/core$/, ''), root.homepage],
]

const changed = globSync('packages/*/package.json').filter((file) => {
  const own = read(file)
  if (own.private) return false
  const complete = completeManifest(own, basename(dirname(file)), root)
  if (isSame(own, complete)) return false
  if (!isCheck) writeFileSync(file, JSON.stringify(complete))
  return true
})

// Links of READMEs are whole addresses, because a README is also shown outside the repository.
for (const file of [...globSync('packages/*/README.md'), 'templates/provider/README.md']) {
  const text = readFileSync(file, 'utf8')
  const linked = addresses.reduce((all, [old, now]) => all.replaceAll(old, now), text)
  if (linked === text) continue
  if (!isCheck) writeFileSync(file, linked)
  changed.push(file)
}

if (isCheck && changed.length > 0) {
  console.error(`Not complete: ${changed.join(', ')}. Run: npx -y pnpm@12 run fix`)
  process.exitCode = 1
} else if (changed.length > 0) {
  execFileSync('oxfmt', changed, { stdio: ['ignore', 'ignore', 'inherit'] })
  console.log(`Written: ${changed.join(', ')}`)
}

/** Whether two manifests say the same. The formatter decides in which order. */
function isSame(one, other) {
  const sorted = (value) =>
    JSON.stringify(value, (_key, member) =>
      member && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    )
  return sorted(one) === sorted(other)
}
