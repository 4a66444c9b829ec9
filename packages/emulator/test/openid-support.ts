import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createEmulator, emulatedUrl, signIn, type SignInOptions } from '../src/index.ts'
import { serve, type EmulatorServer } from '../src/server.ts'
import { basic, form, type ways } from './support.ts'

/** The addresses where users of Bouygues Telecom sign in. */
export const production = {
  base: 'https://oauth2.bouyguestelecom.fr',
  logout: 'https://www.mon-compte.bouyguestelecom.fr/cas/logout',
  api: 'https://api.bouyguestelecom.fr',
}

/** The same in the staging environment. */
export const ap4: typeof production = {
  base: 'https://oauth2.sandbox.bouyguestelecom.fr/ap4',
  logout: 'https://www.mon-compte.sandbox.bouyguestelecom.fr/ap4/cas/logout',
  api: 'https://api.sandbox.bouyguestelecom.fr/ap4',
}

export const callback = 'http://localhost:3000/callback'

/** The header of the default client. */
export const authorized = { Authorization: basic('emulated-client', 'emulated-secret') }

/** A verifier and its S256 challenge: the example of RFC 7636, appendix B. */
export const pkce = {
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
}

type Fields = Readonly<Record<string, string | undefined>>

const defined = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined))

/**
 * Makes one emulator, because its key takes time, and resets it before each test. `send` takes documented addresses.
 */
export const useOpenId = (way: (typeof ways)[number], { base } = production) => {
  const emulator = createEmulator()
  const { bouygues, orange } = emulator
  let server: EmulatorServer | undefined
  beforeAll(async () => {
    if (way === 'over HTTP') server = await serve(emulator)
  })
  afterAll(() => server?.close())
  beforeEach(() => {
    for (const provider of [bouygues, orange]) {
      provider.reset()
      Object.assign(provider, { refreshTokens: false, denyLogin: false, editIdToken: undefined })
      Object.assign(provider, { editCallback: undefined, editDiscovery: undefined, editUserInfo: undefined })
      for (const user of provider.users.keys()) if (user !== 'emulated-user') provider.users.delete(user)
    }
  })
  const addressOf = (url: string) => (server ? emulatedUrl(url, server.url) : url)
  const send = (url: string, init: RequestInit = {}) =>
    (server ? fetch : emulator.fetch)(addressOf(url), { redirect: 'manual', ...init })
  const json = async (url: string, init?: RequestInit) => {
    const response = await send(url, init)
    const { status, headers } = response
    return { status, challenge: headers.get('www-authenticate'), body: await response.json() }
  }

  const authorizationUrl = (more: Fields = {}) => {
    const request = { client_id: 'emulated-client', redirect_uri: callback, response_type: 'code', state: 'the state' }
    return `${base}/authorize?${new URLSearchParams(defined({ ...request, ...more })).toString()}`
  }
  /** Signs the user in, and reads the parameters of the redirect. */
  const callbackOf = async (more?: Fields, options?: SignInOptions) =>
    Object.fromEntries(new URL(await signIn(authorizationUrl(more), { fetch: sendFetch, ...options })).searchParams)
  const sendFetch: typeof fetch = (input, init) => send(input as string, init)
  const exchange = (code: string | undefined, more: Fields = {}, headers: Record<string, string> = authorized) => {
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback }
    return json(`${base}/token`, form(defined({ ...fields, ...more }), headers))
  }
  const tokens = async (more?: Fields) => (await exchange((await callbackOf(more))['code'])).body
  const refresh = (refreshToken: string, headers = authorized) =>
    json(`${base}/token`, form({ grant_type: 'refresh_token', refresh_token: refreshToken }, headers))

  return { emulator, addressOf, send, json, authorizationUrl, callbackOf, exchange, tokens, refresh }
}
