import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'tsdown'
import type { TestProject } from 'vitest/node'
import { isNode } from '../../../../config/vitest.ts'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with that of vitest
  export interface ProvidedContext {
    /** The program that a process of a fleet runs. */
    readonly instance: string
  }
}

/** Bundles the program of the fleets. From its source files, a process needs half a second more of processor time to start. */
export default async function bundleInstance(project: TestProject): Promise<(() => void) | undefined> {
  if (!isNode) return undefined
  const outDir = mkdtempSync(join(tmpdir(), 'oauthkit-instance-'))
  await build({
    config: false,
    entry: [join(import.meta.dirname, 'instance.ts')],
    outDir,
    platform: 'node',
    dts: false,
    logLevel: 'error',
    deps: { alwaysBundle: [/.*/] },
    inputOptions: { resolve: { conditionNames: ['@oauthkit/source', 'import', 'node', 'default'] } },
  })
  project.provide('instance', join(outDir, 'instance.mjs'))
  return () => rmSync(outDir, { recursive: true })
}
