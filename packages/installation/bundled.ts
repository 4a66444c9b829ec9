import { existsSync, globSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { findChromium } from '../../config/chromium.ts'
import type { Bundler } from './bundlers.ts'
import { strictClient } from './clients.ts'
import { emulate } from './emulate.ts'
import { copyPrograms, install, type Installation } from './install.ts'
import type { Settings } from './programs/lazy/create-call.ts'
import { serveFolder } from './serve-folder.ts'
import { notLoaded } from './not-loaded.ts'

/** The outcomes of two calls: of a program without a store, and of a program with one. */
export const alone: readonly object[] = [
  { answer: '200', events: ['renewed'] },
  { answer: '200', events: ['served'] },
]
export const stored: readonly object[] = alone.map((outcome) => ({ ...outcome, stored: 1 }))

/** The tests of programs that a tool bundles with the installed packages. */
export type Bundled = {
  /** Creates a project folder with the programs, inside the installation, so that it finds the installed packages. */
  readonly createProject: (name: string) => string
  /** Tests the pages that these tools make, in a browser. */
  readonly testBundlers: (bundlers: readonly Bundler[]) => void
}

/** Installs the packages, before the tests of a file. */
export function prepareBundled(): Bundled {
  const launchOptions = findChromium()

  let installation: Installation
  let browser: Browser | undefined

  /** Creates a project folder with the programs, inside the installation, so that it finds the installed packages. */
  function createProject(name: string): string {
    const folder = join(installation.folder, name)
    mkdirSync(folder)
    copyPrograms('lazy', { folder })
    return folder
  }

  beforeAll(async () => {
    const place = { registry: inject('registry'), folder: inject('folder') }
    installation = await install(strictClient, ['@oauthkit/orange', '@oauthkit/core', 'ky'], place)
    browser = launchOptions && (await chromium.launch(launchOptions))
  })

  afterAll(() => browser?.close())

  /** Opens the pages of a folder, each in a browser context with an empty cache. `requested` lists the loaded files. */
  async function openSite(folder: string, settings: Settings) {
    const server = await serveFolder(folder)
    onTestFinished(() => server.close())
    return {
      requested: server.requested,
      open: async (program: string) => {
        const context = await browser!.newContext()
        onTestFinished(() => context.close())
        const page = await context.newPage()
        await page.addInitScript((given) => void (globalThis.settings = given), settings)
        const load = () => page.goto(`${server.url}/${program}.html`)
        await load()
        return { call: () => page.evaluate(() => globalThis.call()), load }
      },
    }
  }

  const testBundlers: Bundled['testBundlers'] = (bundlers) => {
    describe.skipIf(launchOptions === undefined).for(bundlers)('with $name, in a browser', ({ name, bundle }) => {
      let folder = ''
      /** The file that only a store needs. */
      let chunk = ''
      let chunks: string[] = []
      let warnings: string[] = []

      beforeAll(async () => {
        vi.stubEnv('NODE_ENV', 'production')
        const project = createProject(name)
        warnings = await bundle(project)
        folder = join(project, 'out')
        const files = globSync('**/*.js', { cwd: folder }).map((path) => join(folder, path))
        // Only the code of a guarded store contains this message.
        chunks = files.filter((file) => readFileSync(file, 'utf8').includes('the entry cannot be parsed'))
        chunk = chunks[0] ?? ''
      })

      test('the bundler prints no warning, and puts the code that only a store needs into one file', () => {
        expect(warnings).toEqual([])
        expect(chunks).toHaveLength(1)
      })

      /** Removes the file until the test ends, or until the caller calls the returned function, which restores it. */
      function loseChunk(): () => void {
        const away = `${chunk}.away`
        renameSync(chunk, away)
        const findChunk = () => {
          if (existsSync(away)) renameSync(away, chunk)
        }
        onTestFinished(findChunk)
        return findChunk
      }

      test('a page without a store does not load the file that only a store needs, and works without it', async () => {
        const { emulator, settings } = await emulate()
        const site = await openSite(folder, settings)
        loseChunk()
        const { call } = await site.open('alone')
        expect([await call(), await call()]).toEqual(alone)
        expect(site.requested.map((path) => join(folder, path))).not.toContain(chunk)
        expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
      })

      test('a page with a store loads that file only one time, at its first call', async () => {
        const { emulator, settings } = await emulate()
        const site = await openSite(folder, settings)
        const { call } = await site.open('stored')
        expect(site.requested.map((path) => join(folder, path))).not.toContain(chunk)
        expect([await call(), await call()]).toEqual(stored)
        expect(site.requested.filter((path) => join(folder, path) === chunk)).toHaveLength(1)
        expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
      })

      test('if that file is missing, each call says so, until the file is back and the page is reloaded', async () => {
        const { settings } = await emulate()
        const site = await openSite(folder, settings)
        const findChunk = loseChunk()
        const { call, load } = await site.open('stored')
        expect([await call(), await call()]).toMatchObject([notLoaded, notLoaded])
        findChunk()
        // The page is reloaded, because some browsers remember that the file was missing.
        await load()
        expect([await call(), await call()]).toEqual(stored)
      })
    })
  }

  return { createProject, testBundlers }
}
