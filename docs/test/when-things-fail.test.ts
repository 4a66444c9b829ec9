import { existsSync, readFileSync } from 'node:fs'
import { clientSecretBasic, createTokenSource, type Grant, type Provider, type Token } from '@oauthkit/core'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../when-things-fail.md', import.meta.url), 'utf8')
const rows = Array.from(page.matchAll(/^\| (?!-|what happens)(.+) \|$/gm), ([, row = '']) => {
  const cells = row.split(' | ').map((cell) => cell.trim())
  const { name, file } = /^\[(?<name>.+)\]\((?<file>[^)]+)\)$/.exec(cells.at(-1) ?? '')?.groups ?? {}
  return { what: cells[0], cells, name, file }
})

test('the page has rows, and each of them says what to do', () => {
  expect(rows.length).toBeGreaterThan(50)
  for (const { what, cells } of rows) expect({ what, count: cells.filter(Boolean).length }).toEqual({ what, count: 5 })
})

test.each(rows)('a test shows: $what', ({ name = '', file = '' }) => {
  const path = new URL(`../${file}`, import.meta.url)
  expect(existsSync(path), `${file} exists`).toBe(true)
  const source = readFileSync(path, 'utf8')
  expect(source, `${file} skips nothing`).not.toMatch(/\b(test|it|describe)\.(skip|todo|only)/)
  const spellings = ["'", '"', '`'].map((quote) => `${quote}${name.replaceAll(quote, `\\${quote}`)}${quote}`)
  expect(
    spellings.some((spelling) => source.includes(spelling)),
    `${file} has the test «${name}»`,
  ).toBe(true)
})

/** A server that rotates refresh tokens, and ends a login whose refresh token is used twice. */
function createRotatingServer() {
  let current = 'refresh-0'
  let isEnded = false
  let count = 0
  const sent: (string | null)[] = []
  const fetch = async (_url: unknown, init: RequestInit = {}) => {
    const shown = new URLSearchParams(init.body as string).get('refresh_token')
    sent.push(shown)
    isEnded ||= shown !== current
    if (isEnded) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    count += 1
    current = `refresh-${count}`
    return Response.json({ access_token: `access-${count}`, refresh_token: current, expires_in: 1 })
  }
  return { fetch, sent }
}

const provider: Provider = {
  name: 'example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
}

const grant: Grant = { name: 'user_login', identity: '' }

/** Signs a user in, renews the token two times, and restores the store that the first renewal had left. */
async function restoreBackup() {
  const data = new Map<string, Token>()
  const server = createRotatingServer()
  /** Opens the store in a process of its own. */
  const startProcess = () => {
    const store = {
      get: async (key: string) => structuredClone(data.get(key)),
      set: async (key: string, token: Token) => void data.set(key, token),
      delete: async (key: string) => void data.delete(key),
    }
    const client = { provider, clientId: 'app', clientSecret: 'secret', fetch: server.fetch }
    return createTokenSource({ ...client, grant, store, key: 'ada' })
  }
  const source = startProcess()
  const renew = async () => (await source.getToken({ rejected: (await source.getToken()).accessToken })).accessToken
  await source.setToken({ accessToken: 'access-0', refreshToken: 'refresh-0', expiresAt: Date.now() + 60_000 })
  expect(await renew()).toBe('access-1')
  const backup = structuredClone([...data])
  expect(await renew()).toBe('access-2')
  for (const [key, token] of backup) data.set(key, { ...token, expiresAt: Date.now() - 1 })
  return { server, renew, startProcess, stored: () => [...data.values()][0]?.refreshToken }
}

test('a process that has redeemed the refresh token of a restored backup keeps its user signed in', async () => {
  const { server, renew, stored } = await restoreBackup()
  expect(stored()).toBe('refresh-1')
  expect(await renew()).toBe('access-3')
  expect(server.sent).toEqual(['refresh-0', 'refresh-1', 'refresh-2'])
  expect(stored()).toBe('refresh-3')
})

test('a process that starts with a restored backup sends a refresh token that was used, and the user must sign in again', async () => {
  const { server, startProcess } = await restoreBackup()
  await expect(startProcess().getToken()).rejects.toMatchObject({ code: 'TOKEN_MISSING', error: 'invalid_grant' })
  expect(server.sent).toEqual(['refresh-0', 'refresh-1', 'refresh-1'])
})
