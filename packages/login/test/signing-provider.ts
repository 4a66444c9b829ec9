import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'
import type { LoginOptions } from '../src/index.ts'
import { complete, scripted } from './support.ts'

type SigningOptions = Pick<LoginOptions, 'clockToleranceMs' | 'trustedAudiences'> & {
  readonly kid?: string
  /** The algorithm that signs ID tokens. @defaultValue RS256 */
  readonly algorithm?: string
  /** Returns the `Date` header of token responses. @defaultValue There is none. */
  readonly date?: () => string
}

/** Starts a provider whose keys can be rotated. The test chooses the claims and members of its token responses. */
export async function startProvider({ kid, algorithm = 'RS256', date, ...options }: SigningOptions = {}) {
  let keys: JWK[] = []
  let sign = async (_claims: JWTPayload): Promise<string> => ''
  const rotate = async (own = kid) => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm)
    keys = [{ ...(await exportJWK(publicKey)), ...(own !== undefined && { kid: own }) }]
    const header = { alg: algorithm, ...(own !== undefined && { kid: own }) }
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
  let lost = 0
  let answer: object = {}
  const { login } = scripted({ ...complete, idTokenSigningAlgorithms: [algorithm] }, () => new Response(), {
    ...options,
    fetch: async (input) => {
      const isKeys = new Request(input).url === complete.jwksUri
      if (isKeys) counters.keys += 1
      if (isKeys && lost-- > 0) return new Response(null, { status: 503 })
      return isKeys ? Response.json({ keys }) : Response.json(answer, { headers: date ? { date: date() } : {} })
    },
  })

  /** Signs a user in. These claims, members of the token response and options replace the usual ones. */
  const enter = async (claims: object = {}, members: object = {}, start: { maxAge?: number } = {}) => {
    const { transaction } = await login.start(start)
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: complete.issuer, sub: 'u', aud: 'app', iat: now, exp: now + 60, nonce: transaction.nonce }
    const idToken = await sign({ ...usual, ...claims })
    answer = { access_token: 'token', token_type: 'Bearer', expires_in: 3600, id_token: idToken, ...members }
    return login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  }
  return {
    enter,
    rotate,
    forge,
    counters,
    breakKeys: () => void (keys = keys.map((key) => ({ ...key, n: '!' }))),
    /** The next two requests for the keys are answered with 503: a check of a signature makes two. */
    loseKeys: () => void (lost = 2),
  }
}
