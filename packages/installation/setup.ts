import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { publish } from './publish.ts'
import { startRegistry } from './registry.ts'
import type { Manifest } from './workspace.ts'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with vitest's own
  export interface ProvidedContext {
    /** Where the registry listens. */
    readonly registry: string
    /** A folder for all that the tests write, which is removed after them. */
    readonly folder: string
    /** What was published. */
    readonly published: readonly Manifest[]
  }
}

/** Publishes everything to a registry of its own, which ends with the tests. */
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
