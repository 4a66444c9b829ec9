import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { serve, type EmulatorServer } from '@oauthkit/emulator/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runShops } from './run-shops.ts'

let emulator: Emulator
let server: EmulatorServer
let folder: string
let at: string

beforeEach(async () => {
  emulator = createEmulator()
  server = await serve(emulator)
  folder = mkdtempSync(join(tmpdir(), 'oauthkit-'))
  at = `--url=${server.url}/api.orange.com`
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

test('prints a table of shops, and exits with 0', async () => {
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder })
  expect(stderr).toBe('')
  expect(stdout).toBe(
    [
      'Name                Address             Postal code  City',
      "Boutique fictive 1  1 rue de l'Exemple  35000        Rennes",
      "Boutique fictive 2  2 rue de l'Exemple  35000        Rennes",
      "Boutique fictive 3  3 rue de l'Exemple  35000        Rennes",
      '',
    ].join('\n'),
  )
  expect(code).toBe(0)
})

test('the next run finds the token in Deno KV', async () => {
  await runShops([at, '35000'], { folder })
  expect(await runShops([at, '99999'], { folder })).toEqual({ code: 0, stdout: 'No shop near 99999\n', stderr: '' })
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
})

test.each([
  ['no postal code', []],
  ['what is no postal code', ['Rennes']],
  ['an option that there is not', ['--shops', '35000']],
  ['a URL that is none', ['--url=orange', '35000']],
  ['a URL that is not for HTTP', ['--url=localhost:3000', '35000']],
  ['two postal codes', ['35000', '13001']],
])('%s is answered with the usage and exit code 2', async (_, parameters) => {
  const { code, stdout, stderr } = await runShops(parameters, { folder })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: /)
})

test('a variable that is missing is named, with exit code 2', async () => {
  const { code, stderr } = await runShops([at, '35000'], { folder, env: { ORANGE_CLIENT_ID: 'emulated-client' } })
  expect(stderr).toMatch(/^ORANGE_CLIENT_SECRET is not set: .*\n$/)
  expect(code).toBe(2)
})

test.each([
  ['--allow-net=127.0.0.1', '--allow-env=ORANGE_CLIENT_ID'],
  ['--allow-env=ORANGE_CLIENT_ID,ORANGE_CLIENT_SECRET', '--allow-net=127.0.0.1:'],
])('a permission that is missing is named, with exit code 2 (%s is given)', async (given, missing) => {
  const { code, stderr } = await runShops([at, '35000'], { folder, permissions: [given] })
  expect(stderr).toContain(`Deno must be told to let this program at it: ${missing}`)
  expect(stderr.trim()).not.toContain('\n')
  expect(code).toBe(2)
})

test('refused credentials are exit code 3, and the secret is not shown', async () => {
  const env = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'a-wrong-secret' }
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder, env })
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toMatch(/^orange: .*\n$/)
  expect(stderr).not.toContain('a-wrong-secret')
})

test('an API that cannot be reached is exit code 4', async () => {
  await server.close()
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder })
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
  expect(stderr).toMatch(/^orange: .*\n$/)
})

test('an answer that is no list of shops is exit code 1', async () => {
  emulator.orange.answerApiCalls(1, { status: 200, body: { shops: [] } })
  expect(await runShops([at, '35000'], { folder })).toEqual({ code: 1, stdout: '', stderr: 'Unexpected answer\n' })
})

test('the URL may end with a slash', async () => {
  expect(await runShops([`${at}/`, '35000'], { folder })).toMatchObject({ code: 0, stderr: '' })
})

test('an API that is overloaded is exit code 4, and a refusal of the call is 3', async () => {
  // It asks twice.
  emulator.orange.answerApiCalls(2, { status: 429 })
  expect(await runShops([at, '35000'], { folder })).toMatchObject({ code: 4 })
  emulator.orange.answerApiCalls(1, { status: 403 })
  expect(await runShops([at, '35000'], { folder })).toMatchObject({ code: 3 })
})
