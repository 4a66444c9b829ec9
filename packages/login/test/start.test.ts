import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { complete, errorOf, scripted } from './support.ts'

const nothing = () => new Response(null, { status: 500 })

const start = async (...options: Parameters<ReturnType<typeof scripted>['login']['start']>) => {
  const { login, asked } = scripted(complete, nothing)
  const { url, transaction } = await login.start(...options)
  return { url: new URL(url), parameters: Object.fromEntries(new URL(url).searchParams), transaction, asked }
}

test('the URL has the parameters that the standards require, and nothing is sent', async () => {
  const { url, parameters, transaction, asked } = await start()
  expect(url.origin + url.pathname).toBe('https://id.example/authorize')
  expect(parameters).toEqual({
    tenant: '1',
    response_type: 'code',
    client_id: 'app',
    redirect_uri: 'https://app.example/callback',
    scope: 'openid',
    state: transaction.state,
    nonce: transaction.nonce,
    code_challenge: createHash('sha256').update(transaction.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  expect(asked).toEqual([])
})

test('a transaction survives JSON, and each sign-in has a different one', async () => {
  const { transaction } = await start()
  expect(JSON.parse(JSON.stringify(transaction))).toEqual(transaction)
  const { transaction: other } = await start()
  for (const member of ['state', 'nonce', 'codeVerifier'] as const) {
    expect(transaction[member]).toMatch(/^[\w-]{43}$/)
    expect(other[member]).not.toBe(transaction[member])
  }
})

test('an empty scope is not sent', async () => {
  const { login } = scripted(complete, nothing, { scope: '' })
  expect(new URL((await login.start()).url).searchParams.has('scope')).toBe(false)
})

test('the client id can be a function', async () => {
  const { login } = scripted(complete, nothing, { clientId: async () => 'looked-up' })
  expect(new URL((await login.start()).url).searchParams.get('client_id')).toBe('looked-up')
})

test('max_age and further parameters are sent', async () => {
  const { parameters, transaction } = await start({
    maxAge: 0,
    parameters: { prompt: 'login', login_hint: 'a@b.example' },
  })
  expect(parameters).toMatchObject({ max_age: '0', prompt: 'login', login_hint: 'a@b.example' })
  expect(transaction).toMatchObject({ maxAge: 0, redirectUri: 'https://app.example/callback' })
})

test.each(['state', 'nonce', 'code_challenge', 'redirect_uri', 'response_type', 'max_age'])(
  'parameters that hold %s are a TypeError',
  async (name) => {
    const error = await errorOf(start({ parameters: { [name]: 'x' } }))
    expect(error).toEqual(new TypeError(`example: parameters must not hold ${name}: the login sets it itself`))
  },
)

test.each(['response_mode', 'request', 'request_uri'])(
  'parameters that hold %s, which is not supported, are a TypeError that says so',
  async (name) => {
    const error = await errorOf(start({ parameters: { [name]: 'x' } }))
    expect(error).toEqual(new TypeError(`example: parameters must not hold ${name}: the login does not support it`))
  },
)

test.each([-1, 1.5, Number.NaN])('a maxAge of %s is a TypeError', async (maxAge) => {
  expect(await errorOf(start({ maxAge }))).toEqual(
    new TypeError('example: maxAge must be a whole number of seconds, 0 or more'),
  )
})

test('a parameter that is not a string is a TypeError', async () => {
  expect(await errorOf(start({ parameters: { claims: {} as never } }))).toEqual(
    new TypeError('example: the parameter claims must be a string'),
  )
})
