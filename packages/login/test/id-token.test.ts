import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'
import { expect, test } from 'vitest'
import { complete, errorOf, scripted } from './support.ts'

/** Starts a provider whose keys can be rotated. The test chooses the claims and members of its token responses. */
async function startProvider({ kid }: { kid?: string } = {}) {
  let keys: JWK[] = []
  let sign = async (_claims: JWTPayload): Promise<string> => ''
  const rotate = async (own = kid) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    keys = [{ ...(await exportJWK(publicKey)), ...(own !== undefined && { kid: own }) }]
    const header = { alg: 'RS256', ...(own !== undefined && { kid: own }) }
    sign = (claims) => new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
  }
  await rotate()
  /** From now on, the provider signs with a key that it does not publish. */
  const forge = async () => {
    const published = keys
    await rotate()
    keys = published
  }
  const counters = { keys: 0 }
  let answer: object = {}
  const { login } = scripted(complete, () => new Response(), {
    fetch: async (input) => {
      const isKeys = new Request(input).url === complete.jwksUri
      if (isKeys) counters.keys += 1
      return isKeys ? Response.json({ keys }) : Response.json(answer)
    },
  })

  /** Signs a user in. These claims and these members of the token response replace the usual ones. */
  const enter = async (claims: object = {}, members: object = {}) => {
    const { transaction } = await login.start()
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: complete.issuer, sub: 'u', aud: 'app', iat: now, exp: now + 60, nonce: transaction.nonce }
    const idToken = await sign({ ...usual, ...claims })
    answer = { access_token: 'token', token_type: 'Bearer', expires_in: 3600, id_token: idToken, ...members }
    return login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  }
  return { enter, rotate, forge, counters, breakKeys: () => void (keys = keys.map((key) => ({ ...key, n: '!' }))) }
}

test('a token response is read like that of a renewal: no type, nulls, a lifetime in quotes', async () => {
  const { enter } = await startProvider()
  const { token } = await enter({}, { token_type: undefined, refresh_token: null, expires_in: '60' })
  expect(token).toMatchObject({ accessToken: 'token', idToken: expect.any(String) })
  expect((token.expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(60_000)
  await expect(enter({}, { expires_in: null })).resolves.toBeDefined()
})

test.each([
  ['a second audience, even if azp is the client', { aud: ['app', 'other'], azp: 'app' }, 'aud'],
  ['another azp', { azp: 'other' }, 'azp'],
  [
    'an iat in the future',
    { iat: Math.floor(Date.now() / 1000) + 600, exp: Math.floor(Date.now() / 1000) + 900 },
    'iat',
  ],
  ['an empty sub', { sub: '' }, 'sub'],
])('an ID token with %s is refused', async (_what, claims, part) => {
  const { enter } = await startProvider()
  const error = await errorOf(enter(claims))
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', message: expect.stringContaining(`(${part})`) })
})

test('an audience that is a list of only the client is accepted', async () => {
  const { enter } = await startProvider()
  await expect(enter({ aud: ['app'], azp: 'app' })).resolves.toBeDefined()
})

test.each([
  ['with an id', 'k1', 'k2'],
  ['with the same id', 'k1', 'k1'],
  ['without an id', undefined, undefined],
])('rotated keys %s are found at once, with one request', async (_how, kid, next) => {
  const { enter, rotate, counters } = await startProvider(kid === undefined ? {} : { kid })
  await enter()
  await enter()
  expect(counters.keys).toBe(1)
  await rotate(next)
  await enter()
  await enter()
  expect(counters.keys).toBe(2)
})

test('five wrong signatures in a row cost only two requests for keys', async () => {
  const { enter, forge, counters } = await startProvider()
  await forge()
  for (let count = 0; count < 5; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await errorOf(enter())).toMatchObject({ code: 'TOKEN_MALFORMED' })
  }
  expect(counters.keys).toBe(2)
})

test('keys that cannot be read are TOKEN_MALFORMED', async () => {
  const { enter, breakKeys } = await startProvider()
  breakKeys()
  expect(await errorOf(enter())).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
})
