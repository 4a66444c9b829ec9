import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { publish } from './publish.ts'
import { startRegistry } from './registry.ts'
import type { Manifest } from './workspace.ts'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with that of vitest
  export interface ProvidedContext {
    /** The address of the registry. */
    readonly registry: string
    /** The folder for all files that the tests write. It is removed after the tests. */
    readonly folder: string
    /** The manifests of the published packages. */
    readonly published: readonly Manifest[]
  }
}

/** Starts a registry, publishes all packages to it, and stops it after the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'oauthkit-installation-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const registry = await startRegistry(folder).catch((error: unknown) => {
    remove()
    throw error
  })
  const teardown = async () => {
    await registry.stop()
    remove()
  }
  try {
    const published = await publish(registry, folder)
    project.provide('registry', registry.url)
    project.provide('folder', folder)
    project.provide('published', published)
    return teardown
  } catch (error) {
    await teardown()
    throw error
  }
}
