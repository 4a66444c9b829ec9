import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { serve, type EmulatorServer } from '@oauthkit/emulator/server'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runShops } from './run-shops.ts'

let emulator: Emulator
let server: EmulatorServer
let folder: string
let at: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oauthkit-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  emulator = createEmulator()
  server = await serve(emulator)
  at = `--url=${server.url}/api.orange.com`
})

afterEach(async () => {
  await server.close()
  // The databases. What Deno has compiled stays for the next test.
  rmSync(join(folder, 'location_data'), { recursive: true, force: true })
})

test('prints a table of shops, and exits with 0', async () => {
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/name .* address .* postalCode .* city/)
  expect(stdout).toMatch(/"Boutique fictive 1" .* "1 rue de l'Exemple" .* "35000" .* "Rennes"/)
})

test('the next run uses the token of Deno KV again', async () => {
  await runShops([at, '35000'], { folder })
  expect(await runShops([at, '99999'], { folder })).toEqual({ code: 0, stdout: 'No shop near 99999\n', stderr: '' })
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
})

test('the URL can end with a slash', async () => {
  expect(await runShops([`${at}/`, '35000'], { folder })).toMatchObject({ code: 0, stderr: '' })
})

test.each([
  ['no postal code', [], /^Usage: .*\n$/],
  ['a word instead of a postal code', ['Rennes'], /^Usage: .*\n$/],
  ['two postal codes', ['35000', '13001'], /^Usage: .*\n$/],
  ['an unknown option', ['--shops', '35000'], /^Unknown option '--shops'.*\n$/],
  ['an invalid URL', ['--url=orange', '35000'], /^orange: tokenEndpoint .*\n$/],
  ['a URL that is not for HTTP', ['--url=localhost:3000', '35000'], /^orange: tokenEndpoint .*\n$/],
])('with %s, it prints one line about the wrong usage, and exits with 2', async (_, parameters, line) => {
  const { code, stdout, stderr } = await runShops(parameters, { folder })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(line)
})

test('names a variable that is not set, and exits with 2', async () => {
  const { code, stderr } = await runShops([at, '35000'], { folder, env: { ORANGE_CLIENT_ID: 'emulated-client' } })
  expect(stderr).toMatch(/^ORANGE_CLIENT_SECRET is not set: .*\n$/)
  expect(code).toBe(2)
})

test.each([
  ['--allow-net=127.0.0.1', '--allow-env'],
  ['--allow-env=ORANGE_CLIENT_ID,ORANGE_CLIENT_SECRET', '--allow-net'],
])('with only the permission %s, the error names the missing one, %s', async (given, missing) => {
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder, permissions: [given] })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(missing)
  expect(stderr.trim()).not.toContain('\n')
})

test('if Orange refuses the credentials, it exits with 1, and does not show the secret', async () => {
  const env = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'a-wrong-secret' }
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder, env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^orange: the tokenEndpoint answered 401 .*\n$/)
  expect(stderr).not.toContain('a-wrong-secret')
})

test('if the call fails, it exits with 1, and shows no token', async () => {
  let authorization = ''
  emulator.orange.answerApiCalls(1, (request) => {
    authorization = request.headers.get('Authorization') ?? ''
    return new Response(null, { status: 403 })
  })
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^Request failed with status code 403 .*\n$/)
  expect(authorization).toMatch(/^Bearer ./)
  expect(stderr).not.toContain(authorization.slice('Bearer '.length))
})

test('if no server answers, it exits with 1', async () => {
  await server.close()
  const { code, stdout, stderr } = await runShops([at, '35000'], { folder })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^orange: .*\n$/)
})
