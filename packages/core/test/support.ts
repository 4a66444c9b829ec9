import {
  clientSecretBasic,
  createTokenSource,
  type Grant,
  type Provider,
  type TokenSourceOptions,
} from '../src/index.ts'

export const secret = 'S3cr3t-of-the-client'

export const provider: Provider = {
  name: 'example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
}

/** An answer of a scripted token endpoint: a response, an error to throw, or a promise of a response. */
type Answer = Response | Error | Promise<Response>

/** A token endpoint as a `fetch`. It gives the scripted answers, and `token-<number of the request>` without one. */
export function tokenEndpoint(...script: (Answer | undefined)[]) {
  const requests: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init))
    const answer = script[requests.length - 1] ?? grant(`token-${requests.length}`)
    if (answer instanceof Error) throw answer
    return answer
  }
  return { fetch, requests }
}

/** A token endpoint's answer with a token. */
export const grant = (accessToken: string, members: Record<string, unknown> = {}) =>
  Response.json({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600, ...members })

/** A grant that can start over by itself, and whose refresh tokens are kept. */
export const password: Grant = {
  name: 'password',
  identity: '',
  parameters: () => ({ grant_type: 'password', username: 'ada', password: 'pass' }),
}

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
export const signedIn: Grant = { name: 'sign-in', identity: '' }

/** A token endpoint's answer that refuses the request. */
export const refusal = (error: string, status = 400, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers })

/** A source over a scripted token endpoint. */
export function sourceOver(endpoint: { fetch: typeof fetch }, options: TokenSourceOptions = {}) {
  return createTokenSource({ provider, clientId: 'app', clientSecret: secret, fetch: endpoint.fetch, ...options })
}

/** An API as a `fetch`. It remembers the calls, and gives the scripted answers, then 200. */
export function api(...script: (Response | Error | undefined)[]) {
  const calls: { url: string; method: string; authorization: string | null; headers: Headers; body: string }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const { url, method, headers } = request
    const body = await request.text()
    calls.push({ url, method, authorization: headers.get('authorization'), headers, body })
    const answer = script[calls.length - 1] ?? Response.json({ ok: true })
    if (answer instanceof Error) throw answer
    return answer
  }
  return { fetch, calls }
}

/** An API that accepts the named tokens, and rejects all others. */
export function apiThatTakes(...accessTokens: string[]) {
  const calls: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const authorization = new Request(input, init).headers.get('authorization') ?? ''
    calls.push(authorization)
    return accessTokens.some((token) => authorization === `Bearer ${token}`)
      ? Response.json({ ok: true })
      : unauthorized()
  }
  return { fetch, calls }
}

export const unauthorized = (headers: Record<string, string> = {}) =>
  Response.json({ error: 'invalid_token' }, { status: 401, headers })

/** A promise that the test settles. */
export function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

/** Returns the error that a promise rejects with. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
