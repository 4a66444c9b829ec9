import ky from 'ky'
import { expect, test } from 'vitest'
import { bearer, refreshToken, type TokenSourceOptions, type TokenStore } from '../../src/index.ts'
import { useFakeTime } from '../fake-time.ts'
import { api, errorOf, grant, sourceOver } from '../support.ts'

const { seconds } = useFakeTime()

const never = () => new Promise<never>(() => {})
const unavailable = () => new Response('', { status: 503 })
const endless = () => new Response(new ReadableStream({ pull: never }))

/** A token endpoint that gives these answers, and then hangs. */
const hangsAfter = (...answers: (() => Response)[]) => {
  const left = [...answers]
  return { fetch: async () => left.shift()?.() ?? never() }
}

const silentStore: TokenStore = { get: never, set: never, delete: never, replace: never }
const silentLock: TokenStore = { get: () => null, set: () => {}, delete: () => {}, lock: never }

const causes: [what: string, endpoint: { fetch: typeof fetch }, options: TokenSourceOptions][] = [
  ['the token endpoint hangs', hangsAfter(), {}],
  ['it hangs after a 503', hangsAfter(unavailable), {}],
  ['it hangs after two of them', hangsAfter(unavailable, unavailable), {}],
  ['its body never ends', hangsAfter(endless), {}],
  ['it hangs after a refresh token was sent', hangsAfter(), { grant: refreshToken('refresh-1') }],
  ['a vault hangs', hangsAfter(), { clientSecret: never }],
  ['the grant hangs', hangsAfter(), { grant: { name: 'x', identity: '', parameters: never } }],
  ['the client authentication hangs', hangsAfter(), { clientAuth: never }],
  ['the store is silent, and the token endpoint hangs', hangsAfter(), { store: silentStore }],
  ['the lock is silent, and the token endpoint hangs', hangsAfter(), { store: silentLock }],
]

test.each(causes)("with all defaults, ky's time limit does not hide that %s", async (_what, endpoint, options) => {
  const target = api()
  const client = ky.extend(bearer(sourceOver(endpoint, options))).extend({ fetch: target.fetch })
  const error = errorOf(client.get('https://api.example/'))
  await seconds(60)
  expect(await error).toMatchObject({
    name: 'OAuthError',
    code: 'TOKEN_UNAVAILABLE',
    message: expect.stringMatching(/^example: no (token|answer) within 9000 ms/),
  })
  expect(target.calls).toEqual([])
  await seconds(60)
})

test('a token that comes in time is used', async () => {
  const target = api()
  const endpoint = { fetch: async () => grant('token-1') }
  await ky
    .extend(bearer(sourceOver(endpoint)))
    .extend({ fetch: target.fetch })
    .get('https://api.example/')
  expect(target.calls).toMatchObject([{ authorization: 'Bearer token-1' }])
})
