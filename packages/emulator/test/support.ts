import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { createEmulator, emulatedUrl } from '../src/index.ts'
import { serve, type EmulatorServer } from '../src/server.ts'

/** The two ways to send requests to an emulator. */
export const ways = ['in process', 'over HTTP'] as const

/** Makes an emulator for each test. `send` takes documented addresses, in process and over HTTP. */
export const useEmulator = (way: (typeof ways)[number]) => {
  let emulator = createEmulator()
  let server: EmulatorServer | undefined
  beforeEach(async () => {
    emulator = createEmulator()
    if (way === 'over HTTP') server = await serve(emulator)
  })
  afterEach(() => server?.close())
  const addressOf = (url: string) => (server ? emulatedUrl(url, server.url) : url)
  return {
    emulator: () => emulator,
    /** Converts a documented address to the URL on the server. In process, it stays the same. */
    addressOf,
    send: (url: string, init?: RequestInit) => (server ? fetch : emulator.fetch)(addressOf(url), init),
  }
}

/** Makes the request options that send a form, with additional headers. */
export const form = (fields: Record<string, string> | string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})

/** Serves one emulator to the tests of a file, and resets it before each of them. */
export const useServer = () => {
  const emulator = createEmulator()
  const context = { emulator, orange: emulator.orange, url: '', close: async () => {} }
  beforeAll(async () => {
    Object.assign(context, await serve(emulator))
  })
  beforeEach(() => emulator.orange.reset())
  afterAll(() => context.close())
  return context
}

/** The `Authorization` header for an id and a secret, in plain base64 of their UTF-8. */
export const basic = (id: string, secret: string) =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${id}:${secret}`)))}`

/**
 * Requests a token at `url` as Orange documents it. Given headers and body replace the documented ones, `null` removes
 * one.
 */
export const requestToken = (
  url: string,
  { headers = {}, body = 'grant_type=client_credentials', method = 'POST', ...init }: TokenRequest = {},
) => {
  const all = {
    Authorization: basic('emulated-client', 'emulated-secret'),
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
    ...headers,
  }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
  return (init.fetch ?? fetch)(`${url}/oauth/v3/token`, {
    method,
    headers: sent,
    ...(method === 'GET' ? {} : { body }),
    ...(init.signal ? { signal: init.signal } : {}),
  })
}

type TokenRequest = {
  fetch?: typeof fetch
  headers?: Record<string, string | null>
  body?: string
  method?: string
  signal?: AbortSignal
}

/** Gets an access token from the server at `url`. */
export const getToken = async (url: string, request?: TokenRequest): Promise<string> => {
  const response = await requestToken(url, request)
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}

/** The headers of a call with an access token. */
export const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

/** Orange's URL in process. */
export const REAL = 'https://api.orange.com'
