import { abortable } from '../wait.ts'
import { createGate } from './timely.ts'

/**
 * A scripted response of {@link createTokenEndpoint} to one request, or a function that makes one.
 *
 * If the function throws, the `fetch` rejects with its error.
 */
export type TokenEndpointAnswer = Response | ((request: Request) => Response | Promise<Response>)

/** The options of {@link createTokenEndpoint}. */
export type TokenEndpointOptions = {
  /** The lifetime of its access tokens, in milliseconds. @defaultValue 3_600_000 */
  readonly lifetimeMs?: number | undefined
  /** A refresh token that is valid from the start. @defaultValue None: the first one comes with a user's grant. */
  readonly refreshToken?: string | undefined
}

/** A token endpoint in memory, and an API that accepts its tokens. */
export type TokenEndpoint = {
  /** The token endpoint, at every URL. It respects the request's signal. */
  readonly fetch: typeof globalThis.fetch
  /** The API, at every URL. It answers 200 to a request with a valid access token, else 401. */
  readonly api: typeof globalThis.fetch
  /** The token requests so far. Their bodies are not read yet. */
  readonly requests: readonly Request[]
  /**
   * The server's clock. The API uses it to decide when access tokens expire.
   *
   * It follows `Date.now()`, as a token source does, so fake timers change both. If you advance only this clock, the
   * API rejects a token before the source considers it expired.
   */
  readonly clock: {
    /** Returns the time in milliseconds since the epoch. */
    now(): number
    /** Advances this clock by some milliseconds. */
    advance(ms: number): void
  }
  /** Answers the next requests with these responses, one after the other, instead of with a token. */
  answer(...answers: readonly TokenEndpointAnswer[]): void
  /** Makes all requests wait until the returned function is called. */
  hold(): () => void
  /** Makes all requests fail with an error until the returned function is called. @defaultValue a network error */
  fail(error?: Error): () => void
}

/** The tokens of one sign-in. Only the last refresh token is valid. */
type Login = { refreshToken: string; accessTokens: string[]; isEnded?: boolean }

/**
 * Creates a scripted token endpoint, for tests of code that depends on one.
 *
 * The nth request gets `token-n`, for any client. `client_credentials` gets no refresh token, each other grant gets
 * `refresh-n`. A refresh token can be used only once: the response holds the next one, and a second use ends all tokens
 * of the sign-in. See RFC 9700 §4.14.2.
 *
 * @example
 * ```ts
 * import { createTokenEndpoint } from '@oauthkit/core/testing'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * const endpoint = createTokenEndpoint({ lifetimeMs: 60_000 })
 * const tokens = orangeTokens({ clientId: 'app', clientSecret: 'secret', fetch: endpoint.fetch })
 * const { accessToken } = await tokens.getToken()
 * console.log(accessToken, endpoint.requests.length) // token-1 1
 * ```
 */
export function createTokenEndpoint({
  lifetimeMs = 3_600_000,
  refreshToken,
}: TokenEndpointOptions = {}): TokenEndpoint {
  const requests: Request[] = []
  const script: TokenEndpointAnswer[] = []
  const logins = new Map<string, Login>()
  const expiries = new Map<string, number>()
  let held: Promise<void> | undefined
  let failure: Error | undefined
  let offset = 0
  const now = () => Date.now() + offset
  if (refreshToken !== undefined) logins.set(refreshToken, { refreshToken, accessTokens: [] })

  const grant = (number: number, login: Login | undefined): Response => {
    const accessToken = `token-${number}`
    expiries.set(accessToken, now() + lifetimeMs)
    if (login) {
      login.refreshToken = `refresh-${number}`
      login.accessTokens.push(accessToken)
      logins.set(login.refreshToken, login)
    }
    const members = { access_token: accessToken, token_type: 'Bearer', expires_in: Math.floor(lifetimeMs / 1000) }
    return Response.json({ ...members, refresh_token: login?.refreshToken })
  }

  const refresh = (number: number, presented: string): Response => {
    const login = logins.get(presented)
    if (login?.refreshToken === presented && !login.isEnded) return grant(number, login)
    if (login) {
      login.isEnded = true
      for (const accessToken of login.accessTokens) expiries.delete(accessToken)
    }
    return refusal('invalid_grant')
  }

  const respond = async (request: Request, number: number): Promise<Response> => {
    await held
    if (failure) throw failure
    const answer = script.shift()
    if (answer) return typeof answer === 'function' ? answer(request) : answer
    // Not text(): workerd warns about it if the content type is not a text.
    const form = await readParameters(request.clone())
    const type = form.get('grant_type')
    if (!type) return refusal('invalid_request')
    if (type === 'refresh_token') return refresh(number, form.get('refresh_token') ?? '')
    return grant(number, type === 'client_credentials' ? undefined : { refreshToken: '', accessTokens: [] })
  }

  return {
    requests,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      return abortable(respond(request, requests.push(request)), request.signal)
    },
    api: async (input, init) => {
      const [, accessToken = ''] =
        /^Bearer (.*)$/.exec(new Request(input, init).headers.get('authorization') ?? '') ?? []
      if ((expiries.get(accessToken) ?? 0) > now()) return Response.json({ ok: true })
      return refusal('invalid_token', 401, { 'www-authenticate': 'Bearer error="invalid_token"' })
    },
    clock: { now, advance: (ms) => void (offset += ms) },
    answer: (...answers) => void script.push(...answers),
    hold: () => {
      const { opened, open } = createGate()
      held = opened
      return open
    },
    fail: (error = new TypeError('fetch failed')) => {
      failure = error
      return () => void (failure = undefined)
    },
  }
}

const refusal = (error: string, status = 400, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers })

/** Reads the parameters of a token request: of a form, of JSON, or of a `GET`. */
async function readParameters(request: Request): Promise<URLSearchParams> {
  if (request.method === 'GET') return new URL(request.url).searchParams
  const text = new TextDecoder().decode(await request.arrayBuffer())
  const isJson = request.headers.get('content-type')?.startsWith('application/json')
  return new URLSearchParams(isJson ? (JSON.parse(text) as Record<string, string>) : text)
}
