import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { Client, StreamableHTTPClientTransport, type AuthProvider } from '@modelcontextprotocol/client'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { clientSecretBasic, createTokenSource, isOAuthError, type Provider, type TokenSource } from '@oauthkit/core'
import { createEmulator, emulated, type Emulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { orange, orangeTokens } from '@oauthkit/orange'
import { create } from 'axios'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { onlyCodeOf, writeFolder } from './recipes.ts'

const page = 'other-clients.md'
const client = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }

type Echo = { readonly text: string }

/** What the recipes of the page export. */
type Exported = {
  readonly fetchOrange: typeof fetch
  readonly api: OpenApi & Axios & ((url: string, options: object) => Promise<Echo>)
  readonly requestOrange: (url: string, options: object) => Promise<{ readonly body: { json(): Promise<unknown> } }>
  readonly connect: () => Promise<Client>
  readonly toAuthProvider: (source: TokenSource) => Required<AuthProvider>
  readonly sendWithToken: (
    tokens: TokenSource,
    send: (accessToken: string) => Promise<Response>,
    isRejected: (response: Response) => boolean,
  ) => Promise<Response>
}

type OpenApi = { POST(path: string, options: object): Promise<{ readonly data?: unknown }> }
type Axios = { post(url: string, body: string): Promise<{ readonly data: Echo }> }

/** A recipe of the page, and how to send a text with it by `POST`. */
type Recipe = {
  readonly heading: string
  /** Sends a text to a URL that answers with `{ text }`, and returns that. */
  readonly post: (exported: Exported, url: string, text: string) => Promise<unknown>
  /** Whether it sends the token only to the APIs. */
  readonly isBound: boolean
}

const method = 'POST'
const postWithFetch: Recipe['post'] = async ({ fetchOrange }, to, body) =>
  (await fetchOrange(to, { method, body })).json()

/** Bun has a module of its own with the name of undici. It has no dispatchers. */
const ofUndici: readonly Recipe[] = [
  { heading: 'undici', isBound: true, post: postWithFetch },
  {
    heading: "undici's request",
    isBound: false,
    post: async ({ requestOrange }, to, body) => (await requestOrange(to, { method, body })).body.json(),
  },
]

const recipes: readonly Recipe[] = [
  { heading: 'fetch', isBound: true, post: postWithFetch },
  {
    heading: 'openapi-fetch',
    isBound: true,
    post: async ({ api }, baseUrl, body) => {
      const headers = { 'content-type': 'text/plain' }
      return (await api.POST('', { baseUrl, body, bodySerializer: String, headers })).data
    },
  },
  { heading: 'ofetch', isBound: true, post: ({ api }, to, body) => api(to, { method, body }) },
  { heading: 'axios', isBound: true, post: async ({ api }, to, body) => (await api.post(to, body)).data },
  ...(process.versions['bun'] ? [] : ofUndici),
  {
    heading: 'Any other client',
    isBound: false,
    post: async ({ sendWithToken }, to, body) => {
      const send = (token: string) => fetch(to, { method, body, headers: { authorization: `Bearer ${token}` } })
      return (await sendWithToken(tokens, send, ({ status }) => status === 401)).json()
    },
  },
]

let emulator: Emulator
let url: string
/** The source of the recipe that is given one. */
let tokens: TokenSource

beforeEach(async () => {
  vi.spyOn(console, 'log').mockReturnValue()
  emulator = createEmulator()
  const server = await serve(emulator)
  onTestFinished(() => server.close())
  ;({ url } = server)
  tokens = orangeTokens({ ...client, provider: emulated(orange, url) })
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Imports the block below a heading, with each host of the page at an emulator's server. */
async function importRecipe(heading: string, at = url): Promise<Exported> {
  const code = onlyCodeOf(page, heading)
    .replaceAll("'@oauthkit/orange'", "'./orange.ts'")
    .replaceAll(/https:\/\/(?=(?:api\.orange\.com|\w+\.acme\.example))/g, `${at}/`)
  const own = `
    import { emulated } from '@oauthkit/emulator'
    import { orange, orangeTokens as tokens } from '@oauthkit/orange'
    export const orangeTokens = () => tokens({ ...${JSON.stringify(client)}, provider: emulated(orange, '${at}') })
  `
  const folder = writeFolder({ 'recipe.ts': code, 'orange.ts': own })
  return import(/* @vite-ignore */ join(folder, 'recipe.ts')) as Promise<Exported>
}

/** Imports a recipe, and returns a function that sends a text with it, by default to the emulator's echo. */
async function load({ heading, post }: Recipe): Promise<(text: string, to?: string) => Promise<string>> {
  const exported = await importRecipe(heading)
  return async (text, to = `${url}/api.orange.com/echo`) => ((await post(exported, to, text)) as Echo).text
}

const recipeOf = (heading: string): Recipe => recipes.find((one) => one.heading === heading)!

/** Starts a server that answers with the `Authorization` header of each request, as the emulator's echo does with a body. */
async function serveHeader(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ text: request.headers.authorization ?? 'no token' }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/things`
}

describe.each(recipes)('the recipe "$heading"', (recipe) => {
  test('sends the token, and after a revocation sends the call again with a new token and the same body', async () => {
    const post = await load(recipe)
    expect(await post('one')).toBe('one')
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiRejections: 0 })
    const { apiCalls } = emulator.orange.counters
    emulator.orange.revoke()
    expect(await post('two')).toBe('two')
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiRejections: 1, apiCalls: apiCalls + 2 })
  })

  test('makes one token request for calls at the same moment', async () => {
    const post = await load(recipe)
    const texts = Array.from({ length: 20 }, (_, index) => `call ${index}`)
    expect(await Promise.all(texts.map((text) => post(text)))).toEqual(texts)
    expect(emulator.orange.counters.tokenRequests).toBe(1)
  })

  test(`sends the token to another server: ${recipe.isBound ? 'no' : 'yes'}`, async () => {
    const post = await load(recipe)
    const seen = await post('text', await serveHeader())
    expect(seen).toMatch(recipe.isBound ? /^no token$/ : /^Bearer ./)
  })
})

describe('if the server refuses the client', () => {
  /** Ends all tokens, and refuses new ones. */
  const refuse = () => {
    emulator.orange.revoke()
    emulator.orange.clients.clear()
  }

  const failureOf = async (heading: string): Promise<Error> => {
    const post = await load(recipeOf(heading))
    await post('one')
    refuse()
    return (await post('two').catch((error: unknown) => error)) as Error
  }

  test.each(['fetch', 'openapi-fetch', 'Any other client'])('%s rejects with the OAuthError', async (heading) => {
    const error = await failureOf(heading)
    expect(isOAuthError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test.each(['ofetch', 'axios'])('%s has the OAuthError as the cause of its own error', async (heading) => {
    const error = await failureOf(heading)
    expect(isOAuthError(error.cause)).toBe(true)
    expect(error.cause).toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test('ofetch tries a GET again, which costs no second token request', async () => {
    const { api } = await importRecipe('ofetch')
    refuse()
    const { tokenRequests, apiCalls } = emulator.orange.counters
    const call = api(`${url}/api.orange.com/echo`, {})
    await expect(call).rejects.toMatchObject({ cause: { code: 'TOKEN_REFUSED' } })
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: tokenRequests + 1, apiCalls: apiCalls + 2 })
  })
})

describe('an AxiosError', () => {
  /** Answers the next call with 500, and returns a function that returns the token of that call. */
  function answerWithError(): () => string {
    let token = ''
    emulator.orange.answerApiCalls(1, ({ headers }) => {
      token = headers.get('authorization')?.slice('Bearer '.length) ?? ''
      return new Response(null, { status: 500 })
    })
    return () => token
  }

  const show = (error: unknown) => inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error)

  test('does not show the token', async () => {
    const post = await load(recipeOf('axios'))
    const tokenOf = answerWithError()
    const error = await post('one').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ isAxiosError: true, status: 500 })
    expect(tokenOf()).not.toBe('')
    expect(show(error)).toContain('/echo')
    expect(show(error)).not.toContain(tokenOf())
  })

  test('shows the token that an interceptor has set', async () => {
    const http = create()
    http.interceptors.request.use(async (config) => {
      config.headers.set('authorization', `Bearer ${(await tokens.getToken()).accessToken}`)
      return config
    })
    const tokenOf = answerWithError()
    const error = await http.get(`${url}/api.orange.com/echo`).catch((thrown: unknown) => thrown)
    expect(tokenOf()).not.toBe('')
    expect(show(error)).toContain(tokenOf())
  })
})

describe('an MCP server', () => {
  const acme: Provider = {
    name: 'acme',
    tokenEndpoint: 'https://id.acme.example/token',
    apis: ['https://mcp.acme.example'],
    clientAuth: clientSecretBasic,
  }

  /** Serves an MCP server with one tool, behind a check of the token. */
  async function serveMcp() {
    const handler = createMcpHandler(() => {
      const server = new McpServer({ name: 'acme', version: '1.0.0' })
      server.registerTool('ping', {}, () => ({ content: [{ type: 'text', text: 'pong' }] }))
      return server
    })
    const answer = (request: Request) => handler.fetch(request)
    const routes = { 'POST /mcp': answer, 'GET /mcp': answer, 'DELETE /mcp': answer }
    const clients = { app: 'secret' }
    const { app, providers } = createEmulator({ providers: { acme: { provider: acme, routes, clients } } })
    const server = await serve({ app })
    onTestFinished(async () => {
      await handler.close()
      await server.close()
    })
    return { url: server.url, acme: providers.acme }
  }

  const ping = async (mcp: Client) => (await mcp.callTool({ name: 'ping' })).content
  const pong = [{ type: 'text', text: 'pong' }]

  const sourceAt = (at: string) =>
    createTokenSource({ provider: emulated(acme, at), clientId: 'app', clientSecret: 'secret' })

  async function connectWith(how: 'MCP' | 'An AuthProvider', at: string): Promise<Client> {
    const { connect, toAuthProvider } = await importRecipe(how, at)
    if (how === 'MCP') return connect()
    const connected = new Client({ name: 'app', version: '1.0.0' })
    const authProvider = toAuthProvider(sourceAt(at))
    await connected.connect(new StreamableHTTPClientTransport(new URL(`${at}/mcp.acme.example/mcp`), { authProvider }))
    return connected
  }

  test.each(['MCP', 'An AuthProvider'] as const)(
    'gets the token by the recipe "%s", and after a revocation the call again with a new token',
    async (how) => {
      const server = await serveMcp()
      const mcp = await connectWith(how, server.url)
      expect(await ping(mcp)).toEqual(pong)
      expect(server.acme.counters).toMatchObject({ tokenRequests: 1, apiRejections: 0 })
      server.acme.revoke()
      expect(await ping(mcp)).toEqual(pong)
      expect(server.acme.counters).toMatchObject({ tokenRequests: 2, apiRejections: 1 })
      await mcp.close()
    },
  )

  test('that refuses the client makes `connect` reject with the OAuthError', async () => {
    const server = await serveMcp()
    server.acme.clients.clear()
    const error = await connectWith('MCP', server.url).catch((thrown: unknown) => thrown)
    expect(isOAuthError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test('that rejects two calls with one token can cost an AuthProvider a second renewal', async () => {
    const server = await serveMcp()
    const { toAuthProvider } = await importRecipe('An AuthProvider', server.url)
    const { token, onUnauthorized } = toAuthProvider(sourceAt(server.url))
    // What the transport does for two calls, if the 401 of the second arrives after the first was sent again.
    const context = {} as Parameters<typeof onUnauthorized>[0]
    await token()
    await token()
    server.acme.revoke()
    await onUnauthorized(context)
    const renewed = await token()
    await onUnauthorized(context)
    expect(await token()).not.toBe(renewed)
    expect(server.acme.counters.tokenRequests).toBe(3)
  })
})
