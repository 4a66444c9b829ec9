import { describe, expect, test } from 'vitest'
import { createTokenSource, OAuthError, type Token, type TokenSource } from '../../src/index.ts'
import { createTokenEndpoint, testTokenSource } from '../../src/testing/index.ts'
import { provider } from '../support.ts'
import { failuresOf } from './failures-of.ts'

const ownSource = (lifetimeMs = 3_600_000) =>
  createTokenSource({
    provider,
    clientId: 'app',
    clientSecret: 'secret',
    fetch: createTokenEndpoint({ lifetimeMs }).fetch,
  })

describe('createTokenSource', () => {
  testTokenSource(test, () => ownSource())
})

describe('createTokenSource over a Map', () => {
  testTokenSource(test, () => {
    const { fetch } = createTokenEndpoint()
    return createTokenSource({
      provider,
      clientId: 'app',
      clientSecret: 'secret',
      fetch,
      store: new Map<string, Token>(),
    })
  })
})

const readVault = async () => 'token-in-the-vault'

const vault: TokenSource = {
  apis: ['https://api.example'],
  getToken: async ({ signal } = {}) => {
    signal?.throwIfAborted()
    return { accessToken: await readVault() }
  },
}

describe('a vault', () => {
  testTokenSource(test, () => vault)
})

describe('a vault that cannot renew', () => {
  testTokenSource(test, async () => ({
    ...vault,
    getToken: async (options = {}) => {
      const token = await vault.getToken(options)
      if (token.accessToken === options.rejected)
        throw new OAuthError('TOKEN_MISSING', 'put a newer token into the vault')
      return token
    },
  }))
})

const sendable = 'getToken returns a token that can be sent, and that survives JSON'
const many = 'getToken returns a valid token each time, also to many callers at once'
const apis = 'apis lists the URLs that its tokens may be sent to'
const back = 'getToken with a rejected token returns the same, another, or an OAuthError'
const foreign = 'getToken ignores a rejected token of another source'
const reason = "a caller with an aborted signal gets the signal's reason"
const along = 'a caller that gives up does not affect other callers'
const peek = 'peek, if there is one, returns the token of getToken at once'
const isRejected = 'isRejected, if there is one, returns true or false, and does not read the body'
const everyToken = [sendable, many, back, foreign, along]

const getsToken = (token: object): Partial<TokenSource> => ({
  getToken: async ({ signal } = {}) => {
    signal?.throwIfAborted()
    return token as Token
  },
})

const bad: [what: string, create: () => Partial<TokenSource>, failures: string[]][] = [
  ['has no token', () => getsToken({}), everyToken],
  ['gives the header', () => getsToken({ accessToken: 'Bearer token' }), everyToken],
  ['gives a token that is over', () => getsToken({ accessToken: 'token', expiresAt: 1_600_000_000 }), everyToken],
  ['says in words when it ends', () => getsToken({ accessToken: 'token', expiresAt: '2099-01-01' }), everyToken],
  ['gives more than data', () => getsToken({ accessToken: 'token', extra: { gotAt: 1n } }), [sendable]],
  ['has no apis', () => ({ apis: [] }), [apis]],
  ['names an API in clear', () => ({ apis: ['http://api.example'] }), [apis]],
  ['excepts what it does not name', () => ({ exceptApis: ['https://other.example'] }), [apis]],
  [
    'serves one caller at a time',
    () => {
      let isBusy = false
      return {
        getToken: async ({ signal } = {}) => {
          signal?.throwIfAborted()
          if (isBusy) throw new Error('busy')
          isBusy = true
          await Promise.resolve()
          isBusy = false
          return { accessToken: 'token' }
        },
      }
    },
    [many, along],
  ],
  [
    'breaks on a refusal',
    () => ({
      getToken: async ({ signal, rejected } = {}) => {
        signal?.throwIfAborted()
        if (rejected) throw new TypeError('not implemented')
        return { accessToken: 'token' }
      },
    }),
    [back, foreign],
  ],
  [
    'falls back to a rejected token',
    () => {
      let calls = 0
      return {
        getToken: async ({ signal } = {}) => {
          signal?.throwIfAborted()
          calls += 1
          return { accessToken: `token-${calls % 2}` }
        },
      }
    },
    [back],
  ],
  ['ignores the signal', () => ({ getToken: async () => ({ accessToken: 'token' }) }), [reason]],
  [
    'has an error of its own for an aborted signal',
    () => ({
      getToken: async ({ signal } = {}) => {
        if (signal?.aborted) throw new Error('aborted')
        return { accessToken: 'token' }
      },
    }),
    [reason],
  ],
  [
    'shares the signal of its first caller',
    () => {
      let shared: Promise<Token> | undefined
      const start = async (signal?: AbortSignal) => {
        await Promise.resolve()
        signal?.throwIfAborted()
        return { accessToken: 'token' }
      }
      return {
        getToken: ({ signal } = {}) => (shared ??= start(signal)),
      }
    },
    [along],
  ],
  ['peeks without a token', () => ({ peek: () => 'Bearer ' }), [peek]],
  ['peeks at nothing', () => ({ peek: () => null as never }), [peek]],
  ['peeks later', () => ({ peek: (async () => 'Bearer token-in-the-vault') as never }), [peek]],
  ['peeks without the scheme', () => ({ peek: () => 'token-in-the-vault' }), [peek]],
  ['peeks at another token', () => ({ peek: () => 'Bearer other' }), [peek]],
  ['reads the body', () => ({ isRejected: async (response: Response) => !(await response.text()) }), [isRejected]],
  ['does not decide', () => ({ isRejected: () => undefined as never }), [isRejected]],
  ['takes a success for a refusal', () => ({ isRejected: () => true }), [isRejected]],
]

test.each(bad)('a source that %s fails', async (_what, flaw, expected) => {
  const failures = await failuresOf((register) => testTokenSource(register, () => ({ ...vault, ...flaw() })))
  expect(Object.keys(failures)).toEqual(expected)
})

test('no message shows a token', async () => {
  const token = { accessToken: 'secret token', refreshToken: 'secret' }
  const failures = await failuresOf((register) => testTokenSource(register, () => ({ ...vault, ...getsToken(token) })))
  expect(Object.values(failures)).toHaveLength(5)
  expect(Object.values(failures).join('\n')).not.toContain('secret')
})
