import { readFileSync } from 'node:fs'
import { defineConfig, type UserConfig } from 'tsdown'

type Manifest = { readonly exports: Readonly<Record<string, string | { readonly '@oauthkit/source': string }>> }

/** The source files of the package in the current folder that its `exports` name. */
const sources = Object.values((JSON.parse(readFileSync('package.json', 'utf8')) as Manifest).exports)
  .filter((target) => typeof target === 'object')
  .map((target) => target['@oauthkit/source'])

/** How each published package is built: ES modules and their types, for every runtime. */
export const library: UserConfig = defineConfig({
  // By default, tsdown builds in the folder of its configuration.
  cwd: process.cwd(),
  entry: sources,
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  dts: { oxc: true },
  sourcemap: true,
  clean: true,
  failOnWarn: true,
})

export default library
