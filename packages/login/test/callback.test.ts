import { expect, test } from 'vitest'
import { createLogin, type LoginTransaction } from '../src/index.ts'
import { complete, errorOf, scripted } from './support.ts'

/** Starts a sign-in with this redirect URI, and finishes it with a callback. Returns what was asked, and the error. */
async function finishAt(redirectUri: string, callbackFor: (query: string) => string) {
  const { login, asked } = scripted(complete, () => new Response(null, { status: 500 }), { redirectUri })
  const { transaction } = await login.start()
  const error = await errorOf(login.finish(callbackFor(`code=the-code&state=${transaction.state}`), transaction))
  return { asked, error }
}

test.each<[string, (query: string) => string]>([
  ['https://app.example/callback', (query) => `https://app.example/callback?${query}`],
  ['https://app.example/callback', (query) => `https://app.example:443/callback?${query}#_=_`],
  ['https://app.example/callback', (query) => `/callback?${query}`],
  ['https://app.example/callback', (query) => `?${query}`],
  // As a server behind a proxy sees it.
  ['https://app.example/callback', (query) => `http://app.example/callback?${query}`],
  ['https://app.example/callback', (query) => `http://10.0.0.7:3000/callback?${query}`],
  ['https://app.example/callback', (query) => `https://localhost:3000/callback?${query}`],
  ['https://app.example/callback', (query) => `https://0.0.0.0:3000/callback?${query}`],
  ['https://app.example/callback', (query) => `https://[::1]/callback?${query}`],
  ['https://app.example/callback', (query) => `https://web:8443/callback?${query}`],
  ['https://app.example/callback', (query) => `https://app.svc.cluster.local/callback?${query}`],
  ['http://localhost:3000/callback', (query) => `https://tunnel.example/callback?${query}`],
  ['http://localhost:3000/callback', (query) => `http://localhost:3000/callback?${query}`],
  ['http://localhost:3000/callback', (query) => `http://127.0.0.1:8080/callback?${query}`],
  ['https://app.example/callback?of=a', (query) => `/callback?of=a&${query}`],
  ['https://app.example/callback?of=a', (query) => `/callback?${query}&more=1&of=a`],
  ['https://app.example/callback?of=a&of=b', (query) => `/callback?of=a&${query}&of=b`],
  ['https://app.example', (query) => `/?${query}`],
  ['https://app.example/entrée', (query) => `/entr%C3%A9e?${query}`],
  ['https://app.example/entr%c3%a9e', (query) => `/entr%C3%A9e?${query}`],
  ['https://app.example/%7Ecb', (query) => `/~cb?${query}`],
  ["https://app.example/it's", (query) => `/it%27s?${query}`],
  ['https://app.example/a%2fb', (query) => `/a%2Fb?${query}`],
])('a callback to the redirect URI %s is accepted: %o', async (redirectUri, callbackFor) => {
  const { asked } = await finishAt(redirectUri, callbackFor)
  expect(asked).toEqual([complete.tokenEndpoint])
})

test.each<[string, (query: string) => string]>([
  ['https://app.example/callback', (query) => `/other?${query}`],
  ['https://app.example/callback', (query) => `/callback/?${query}`],
  ['https://app.example/callback', (query) => `/callback/other?${query}`],
  ['https://app.example/callback', (query) => `/Callback?${query}`],
  ['https://app.example/callback', (query) => `/callback%2F?${query}`],
  ['https://app.example/a/b', (query) => `/a%2Fb?${query}`],
  ['https://app.example/a%2Fb', (query) => `/a%252Fb?${query}`],
  ['https://app.example/a%b', (query) => `/a%25b?${query}`],
  ['https://app.example/callback', (query) => `/callback/../other?${query}`],
  ['https://app.example/callback', (query) => `/?${query}`],
  ['https://app.example/callback', (query) => `http://app.example/other?${query}`],
  ['https://app.example/callback', (query) => `https://other.example/callback?${query}`],
  ['https://app.example/callback', (query) => `//other.example/callback?${query}`],
  ['https://app.example/callback', (query) => `https://app.example:8443/callback?${query}`],
  ['https://app.example/callback', (query) => `https://app.example.other.example/callback?${query}`],
  ['https://app.example/callback', (query) => `myapp://app.example/callback?${query}`],
  ['https://app.example/callback?of=a', (query) => `/callback?${query}`],
  ['https://app.example/callback?of=a', (query) => `/callback?of=b&${query}`],
  ['https://app.example/callback?of=a', (query) => `/callback?of=a&of=b&${query}`],
  ['https://app.example/callback?of=a,b', (query) => `/callback?of=a&of=b&${query}`],
  ['https://app.example', (query) => `/callback?${query}`],
])('a callback that is not to the redirect URI %s is refused, and nothing is sent: %o', async (redirectUri, make) => {
  const { asked, error } = await finishAt(redirectUri, make)
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MISSING' })
  expect(String(error)).toContain(`the callback is not at ${redirectUri}, the redirect URI of the sign-in`)
  expect(String(error)).not.toContain('the-code')
  expect(asked).toEqual([])
})

test('a login does not finish a sign-in that began with another redirect URI', async () => {
  const { login, asked } = scripted(complete, () => new Response(null, { status: 500 }))
  const other = createLogin({
    provider: complete,
    clientId: 'app',
    clientSecret: 'secret',
    redirectUri: 'https://app.example/other',
  })
  const { transaction } = await other.start()
  for (const path of ['/callback', '/other']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const error = await errorOf(login.finish(`${path}?code=a&state=${transaction.state}`, transaction))
    expect(error).toMatchObject({ code: 'TOKEN_MISSING', message: expect.stringContaining('another redirect URI') })
  }
  expect(asked).toEqual([])
})

test('a transaction without its redirect URI is no transaction', async () => {
  const { login, asked } = scripted(complete, () => new Response(null, { status: 500 }))
  const { redirectUri: _, ...rest } = (await login.start()).transaction
  const error = await errorOf(login.finish(`/callback?code=a&state=${rest.state}`, rest as LoginTransaction))
  expect(error).toMatchObject({ code: 'TOKEN_MISSING', message: expect.stringContaining('no sign-in was started') })
  expect(asked).toEqual([])
})
