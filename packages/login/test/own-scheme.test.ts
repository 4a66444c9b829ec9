import { none } from '@oauthkit/core'
import { expect, test } from 'vitest'
import { complete, errorOf, scripted } from './support.ts'

const client = { clientAuth: none, clientSecret: undefined, scope: 'profile' }

const start = async (redirectUri: string) => {
  const answer = () => Response.json({ access_token: 'one', token_type: 'Bearer' })
  const { login, requests } = scripted(complete, answer, { ...client, redirectUri })
  const { url, transaction } = await login.start()
  return { login, requests, transaction, sent: new URL(url).searchParams.get('redirect_uri') }
}

test.each([
  'com.example.app:/callback',
  'com.example.app://sign-in/callback',
  'com.example.app://callback',
  'com.example.app:/',
])('a user comes back to the app by its own scheme: %s', async (redirectUri) => {
  const { login, transaction, sent } = await start(redirectUri)
  expect(sent).toBe(redirectUri)
  const { token } = await login.finish(`${redirectUri}?code=a&state=${transaction.state}`, transaction)
  expect(token.accessToken).toBe('one')
})

test.each([
  'com.example.other:/callback',
  'com.example.app:/other',
  'com.example.app://host/callback',
  'https://app.example/callback',
])('a callback at %s does not belong to com.example.app:/callback', async (callback) => {
  const { login, requests, transaction } = await start('com.example.app:/callback')
  const finished = login.finish(`${callback}?code=a&state=${transaction.state}`, transaction)
  expect(await errorOf(finished)).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(requests).toEqual([])
})

test('a callback by a scheme of its own does not belong to an https: redirect URI', async () => {
  const { login, transaction } = await start('https://app.example/callback')
  const finished = login.finish(`com.example.app:/callback?code=a&state=${transaction.state}`, transaction)
  expect(await errorOf(finished)).toMatchObject({ code: 'TOKEN_MISSING' })
})

test.each([
  'myapp:/callback',
  'javascript:/callback',
  'data:/callback',
  'file:///callback',
  'com.example.app:callback',
  'http://app.example/callback',
])('the redirect URI %s is a TypeError', (redirectUri) => {
  expect(() => scripted(complete, () => new Response(), { ...client, redirectUri })).toThrow(TypeError)
})

test('a fragment is a TypeError', () => {
  const own = { ...client, redirectUri: 'com.example.app:/callback#a' }
  expect(() => scripted(complete, () => new Response(), own)).toThrow('redirectUri must not have a fragment')
})

test.each(['myapp:/callback', 'myapp://callback', 'com.example.app:callback'])(
  'the error for %s says what a scheme of its own must be',
  (redirectUri) => {
    const make = () => scripted(complete, () => new Response(), { ...client, redirectUri })
    expect(make).toThrow(
      'redirectUri must be https:, or have a scheme with a dot and a slash after it, such as com.example.app:/callback',
    )
  },
)

test('a callback at another host of the scheme does not belong to the sign-in', async () => {
  const { login, requests, transaction } = await start('com.example.app://callback')
  for (const callback of ['com.example.app://other', 'com.example.app:/callback', 'com.example.app://callback/more']) {
    const finished = login.finish(`${callback}?code=a&state=${transaction.state}`, transaction)
    expect(await errorOf(finished)).toMatchObject({ code: 'TOKEN_MISSING' })
  }
  expect(requests).toEqual([])
  const { token } = await login.finish(`?code=a&state=${transaction.state}`, transaction)
  expect(token.accessToken).toBe('one')
})
