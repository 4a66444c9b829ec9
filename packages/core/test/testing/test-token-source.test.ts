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
  ['returns the whole header', () => getsToken({ accessToken: 'Bearer token' }), everyToken],
  ['returns an expired token', () => getsToken({ accessToken: 'token', expiresAt: 1_600_000_000 }), everyToken],
  ['returns an expiry in words', () => getsToken({ accessToken: 'token', expiresAt: '2099-01-01' }), everyToken],
  [
    'returns a token that JSON cannot hold',
    () => getsToken({ accessToken: 'token', extra: { gotAt: 1n } }),
    [sendable],
  ],
  ['has no apis', () => ({ apis: [] }), [apis]],
  ['names an http: API', () => ({ apis: ['http://api.example'] }), [apis]],
  ['has an exception outside its apis', () => ({ exceptApis: ['https://other.example'] }), [apis]],
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
    'throws a TypeError for a rejected token',
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
    'returns a rejected token again later',
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
    'throws its own error for an aborted signal',
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
  ['peeks a header without a token', () => ({ peek: () => 'Bearer ' }), [peek]],
  ['peeks null', () => ({ peek: () => null as never }), [peek]],
  ['peeks a promise', () => ({ peek: (async () => 'Bearer token-in-the-vault') as never }), [peek]],
  ['peeks a token without the scheme', () => ({ peek: () => 'token-in-the-vault' }), [peek]],
  ['peeks another token', () => ({ peek: () => 'Bearer other' }), [peek]],
  [
    'reads the body in isRejected',
    () => ({ isRejected: async (response: Response) => !(await response.text()) }),
    [isRejected],
  ],
  ['returns no boolean from isRejected', () => ({ isRejected: () => undefined as never }), [isRejected]],
  ['treats a success as a rejected token', () => ({ isRejected: () => true }), [isRejected]],
]

test.each(bad)('a source that %s fails the suite', async (_what, defect, expected) => {
  const failures = await failuresOf((register) => testTokenSource(register, () => ({ ...vault, ...defect() })))
  expect(Object.keys(failures)).toEqual(expected)
})

test('no message of the suite shows a token', async () => {
  const token = { accessToken: 'secret token', refreshToken: 'secret' }
  const failures = await failuresOf((register) => testTokenSource(register, () => ({ ...vault, ...getsToken(token) })))
  expect(Object.values(failures)).toHaveLength(5)
  expect(Object.values(failures).join('\n')).not.toContain('secret')
})
