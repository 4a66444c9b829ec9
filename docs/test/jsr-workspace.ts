import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A workspace with two public packages and a private one. One needs the other, and a package of npm. */
export let root = ''

/** Writes a file of the workspace. */
export const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** Writes a package.json. */
export const addPackage = (name: string, members: object): void =>
  write(
    `packages/${name}/package.json`,
    JSON.stringify({
      name: `@oauthkit/${name}`,
      license: 'MIT',
      exports: { '.': { '@oauthkit/source': './src/index.ts' }, './package.json': './package.json' },
      ...members,
    }),
  )

const dependencies = { '@oauthkit/base': 'workspace:^', jose: 'catalog:' }

/** Runs the script's check, and returns what it printed. */
export const check = (): Promise<string> =>
  promisify(execFile)('node', [join(repository, 'scripts/jsr.mjs'), '--check'], { cwd: root }).then(
    ({ stdout }) => stdout,
    ({ code, stdout }: { code: number; stdout: string }) => `exit code ${code}\n${stdout}`,
  )

beforeEach(() => {
  root = mkdtempSync(join(repository, 'docs/generated-'))
  write('pnpm-workspace.yaml', 'catalog:\n  jose: ^6.0.0\n')
  addPackage('base', { version: '1.2.3' })
  write('packages/base/src/index.ts', 'export const one: number = 1\n')
  addPackage('hidden', { private: true })
  addPackage('acme', { version: '4.5.6', dependencies })
  write(
    'packages/acme/src/index.ts',
    "import { one } from '@oauthkit/base'\nexport type { JWK } from 'jose'\nexport const two: number = one + 1\n",
  )
  mkdirSync(join(root, 'packages/acme/node_modules'))
  symlinkSync(join(repository, 'packages/encrypted/node_modules/jose'), join(root, 'packages/acme/node_modules/jose'))
})

afterEach(() => {
  rmSync(root, { recursive: true })
})
