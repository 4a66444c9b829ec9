import { clientSecretBasic, type OwnTokenSource, type Provider } from '@oauthkit/core'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { Hono } from 'hono'
import * as openid from 'openid-client'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { blocksOf, readPage, runBlock } from './page-blocks.ts'

const pages = [
  'from-a-ky-hook.md',
  'from-badgateway-oauth2-client.md',
  'from-simple-oauth2.md',
  'from-openid-client.md',
] as const

/** What the programs of the pages export. */
type Client = { readonly listOrders: () => Promise<readonly string[]> }
type Program = Client | { readonly createClient: () => Promise<Client> }

/** What the last block of the page about openid-client creates. */
type Users = {
  readonly tokensOf: (user: string) => OwnTokenSource
  readonly keep: (user: string, answer: Awaited<ReturnType<typeof openid.clientCredentialsGrant>>) => Promise<void>
}

/** The server and the API that the programs of all pages use. */
const provider: Provider = {
  name: 'example',
  issuer: 'https://id.example.com',
  tokenEndpoint: 'https://id.example.com/token',
  apis: ['https://api.example.com'],
  clientAuth: clientSecretBasic,
}
const orders = ['an order', 'another order']
const routes = { 'GET /orders': () => Response.json(orders) }

afterEach(() => {
  vi.unstubAllEnvs()
})

/**
 * Starts the server and the API, in the place of the global `fetch`. For programs with an HTTP client of their own, the
 * token endpoint is on loopback, too.
 */
async function startServers() {
  const emulator = createEmulator({ providers: { example: { provider, routes, clients: { app: 'secret' } } } })
  onTestFinished(emulator.intercept())
  const app = new Hono().post('/token', async ({ req }) =>
    emulator.fetch(provider.tokenEndpoint, { method: 'POST', headers: req.header(), body: await req.text() }),
  )
  const server = await serve({ app })
  onTestFinished(server.close)
  vi.stubEnv('TOKEN_HOST', server.url)
  return emulator.providers.example
}

/** Runs a program of a page, and the work that the page describes. Returns what the page's table shows. */
async function work(code: string) {
  const example = await startServers()
  const exports = (await runBlock(code)).exports as Program
  const { listOrders } = 'createClient' in exports ? await exports.createClient() : exports
  const callTenTimes = () => Array.from({ length: 10 }, listOrders)

  expect(await Promise.all(callTenTimes())).toEqual(Array.from({ length: 10 }, () => orders))

  const release = example.holdApiCalls()
  const calls = Promise.allSettled(callTenTimes())
  await example.apiCalled(20)
  example.revoke()
  release()
  const answers = (await calls).flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(answers).toEqual(answers.map(() => orders))
  expect(example.counters.apiRejections).toBeGreaterThanOrEqual(10)
  return { tokenRequests: example.counters.tokenRequests, failedCalls: 10 - answers.length }
}

/** The numbers in the table of a page. */
function shownBy(page: string, program: string) {
  const [, tokenRequests, failedCalls] = new RegExp(`^\\| ${program} +\\| +(\\d+) \\| +(\\d+) \\|$`, 'm').exec(
    readPage(page),
  ) ?? ['', 'none', 'none']
  return { tokenRequests: Number(tokenRequests), failedCalls: Number(failedCalls) }
}

const programs = pages.flatMap((page) => {
  const [before = '', after = ''] = blocksOf(page)
  return [
    { page, name: 'before', code: before },
    { page, name: 'after', code: after },
  ]
})

test.each(programs)(
  'on $page, the program "$name" gets what the API answers, with as many token requests as the page says',
  async ({ page, name, code }) => {
    expect(code.includes('@oauthkit/')).toBe(name === 'after')
    expect(await work(code)).toEqual(shownBy(page, name))
  },
)

test('the answers that openid-client returns can be passed to a token source', async () => {
  await startServers()
  const [, , code = ''] = blocksOf('from-openid-client.md')
  const exports = (await runBlock(code)).exports as { readonly createUsers: (provider: Provider) => Users }
  const { keep, tokensOf } = exports.createUsers(provider)
  const config = new openid.Configuration(
    { issuer: 'https://id.example.com', token_endpoint: provider.tokenEndpoint },
    'app',
    'secret',
    openid.ClientSecretBasic(),
  )
  const answer = await openid.clientCredentialsGrant(config)
  await keep('ada', answer)
  expect(await tokensOf('ada').getToken()).toMatchObject({ accessToken: answer.access_token })
})
