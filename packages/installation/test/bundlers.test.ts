import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium, type Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { findChromium } from '../../conformance/chromium.ts'
import { bundleByEsbuild, bundlers } from '../bundlers.ts'
import { strictClient } from '../clients.ts'
import { emulate } from '../emulate.ts'
import { copyPrograms, install, type Installation } from '../install.ts'
import type { Settings } from '../programs/lazy/create-call.ts'
import { run } from '../run.ts'
import { serveFolder } from '../serve-folder.ts'
import { startWorker } from '../start-worker.ts'
import { notLoaded } from './not-loaded.ts'

const launchOptions = findChromium()

let installation: Installation
let browser: Browser | undefined

/** Makes a project beside the others, with the programs in it, which finds the packages where they are installed. */
function createProject(name: string): string {
  const folder = join(installation.folder, name)
  mkdirSync(folder)
  copyPrograms('lazy', { folder })
  return folder
}

/** What comes of two calls of a program without a store, and of one with one. */
const alone = [
  { answer: '200', events: ['renewed'] },
  { answer: '200', events: ['served'] },
]
const stored = alone.map((outcome) => ({ ...outcome, stored: 1 }))

beforeAll(async () => {
  const place = { registry: inject('registry'), folder: inject('folder') }
  installation = await install(strictClient, ['@oauthkit/orange', '@oauthkit/core', 'ky'], place)
  browser = launchOptions && (await chromium.launch(launchOptions))
})

afterAll(() => browser?.close())

/** Opens pages of a folder, in a browser where nothing is cached; `requested` lists what they loaded. */
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
    // What a guarded store says, and nothing else.
    chunks = files.filter((file) => readFileSync(file, 'utf8').includes('the entry cannot be parsed'))
    chunk = chunks[0] ?? ''
  })

  test('nothing is warned of, and what only a store needs is in one file', () => {
    expect(warnings).toEqual([])
    expect(chunks).toHaveLength(1)
  })

  /** Takes the file away until the test is over, or until the function that this returns puts it back. */
  function loseChunk(): () => void {
    const away = `${chunk}.away`
    renameSync(chunk, away)
    const findChunk = () => {
      if (existsSync(away)) renameSync(away, chunk)
    }
    onTestFinished(findChunk)
    return findChunk
  }

  test('a page without a store loads nothing that only a store needs, and works without that file', async () => {
    const { emulator, settings } = await emulate()
    const site = await openSite(folder, settings)
    loseChunk()
    const { call } = await site.open('alone')
    expect([await call(), await call()]).toEqual(alone)
    expect(site.requested.map((path) => join(folder, path))).not.toContain(chunk)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
  })

  test('a page with a store loads that file with its first call, once', async () => {
    const { emulator, settings } = await emulate()
    const site = await openSite(folder, settings)
    const { call } = await site.open('stored')
    expect(site.requested.map((path) => join(folder, path))).not.toContain(chunk)
    expect([await call(), await call()]).toEqual(stored)
    expect(site.requested.filter((path) => join(folder, path) === chunk)).toHaveLength(1)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
  })

  test('a page whose file is missing says so at each call, and works once the file is back and the page is loaded again', async () => {
    const { settings } = await emulate()
    const site = await openSite(folder, settings)
    const findChunk = loseChunk()
    const { call, load } = await site.open('stored')
    expect([await call(), await call()]).toMatchObject([notLoaded, notLoaded])
    findChunk()
    // Whether the page itself finds the file now is for the browser to say, which may remember that it was missing.
    await load()
    expect([await call(), await call()]).toEqual(stored)
  })
})

test('with esbuild without splitting, each program is one file that works by itself, with a store and without', async () => {
  const project = createProject('one-file')
  expect(await bundleByEsbuild(project, {})).toEqual([])
  for (const [program, outcomes] of Object.entries({ alone, stored })) {
    const { emulator, settings } = await emulate()
    const bundle = join(project, 'out', `${program}.js`)
    cpSync(bundle, join(project, `${program}.mjs`))
    const env = { SETTINGS: JSON.stringify(settings), BUNDLE: join(project, `${program}.mjs`) }
    const output = await run([process.execPath, join(project, 'run-bundle.ts')], project, project, env)
    expect(JSON.parse(output)).toEqual(outcomes)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
  }
})

test('with wrangler, a Worker works with a store and without', async () => {
  const project = createProject('wrangler')
  const config = { name: 'w', main: 'worker.ts', compatibility_date: '2026-07-01', send_metrics: false }
  writeFileSync(join(project, 'wrangler.json'), JSON.stringify(config))
  const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')
  const output = await run([process.execPath, wrangler, 'deploy', '--dry-run', '--outdir=out'], project, project)
  expect(output).not.toMatch(/warning|error/i)
  const { emulator, settings } = await emulate()
  const worker = await startWorker(join(project, 'out'), JSON.stringify(settings))
  onTestFinished(worker.close)
  const ask = async (path: string): Promise<unknown> => (await fetch(`${worker.url}/${path}`)).json()
  const counted = (outcomes: readonly object[], count: number) =>
    outcomes.map((outcome) => ({ ...outcome, stored: count }))
  expect([await ask('alone'), await ask('alone')]).toEqual(counted(alone, 0))
  expect([await ask('stored'), await ask('stored')]).toEqual(counted(alone, 1))
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 4 })
})
