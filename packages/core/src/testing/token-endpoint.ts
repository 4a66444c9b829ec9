import { abortable } from '../wait.ts'
import { createGate } from './timely.ts'

/**
 * What the token endpoint of {@link createTokenEndpoint} answers to one request: a response, or a function that makes one.
 *
 * What the function throws is what the `fetch` fails with.
 */
export type TokenEndpointAnswer = Response | ((request: Request) => Response | Promise<Response>)

/** What {@link createTokenEndpoint} takes. */
export type TokenEndpointOptions = {
  /** How long its access tokens live, in milliseconds. @defaultValue 3_600_000 */
  readonly lifetimeMs?: number | undefined
  /** A refresh token that is good from the start. @defaultValue None: the first comes with a grant of a user's. */
  readonly refreshToken?: string | undefined
}

/** A token endpoint in memory, and an API that takes its tokens. */
export type TokenEndpoint = {
  /** The token endpoint: every URL is its own. It heeds the request's signal. */
  readonly fetch: typeof globalThis.fetch
  /** The API, at every URL: 200 for a request with an access token that is good, else 401. */
  readonly api: typeof globalThis.fetch
  /** The token requests so far, their bodies unread. */
  readonly requests: readonly Request[]
  /**
   * The server's clock, which ends access tokens at the API.
   *
   * It goes with `Date.now()`, and so with fake timers, which a token source goes by as well. Moved on by itself, tokens are
   * refused before the source thinks that they are over.
   */
  readonly clock: {
    /** In milliseconds since the epoch. */
    now(): number
    /** Moves it on, in milliseconds. */
    advance(ms: number): void
  }
  /** Answers the next requests with these, one after the other, in place of a token. */
  answer(...answers: readonly TokenEndpointAnswer[]): void
  /** Lets all requests wait until the function that it returns is called. */
  hold(): () => void
  /** Lets all requests fail with an error, until the function that it returns is called. @defaultValue a network error */
  fail(error?: Error): () => void
}

/** The refresh tokens that came of one sign-in, of which only the last is good. */
type Family = { refreshToken: string; accessTokens: string[]; isEnded?: boolean }

/**
 * Makes a scripted token endpoint, to test what depends on one.
 *
 * The nth request gets `token-n`, whoever the client is. `client_credentials` come without a refresh token, every other
 * grant with `refresh-n`. Refresh tokens are good once: the next one comes with the answer, and one that is used again
 * ends all that came of its sign-in. See RFC 9700 §4.14.2.
 */
export function createTokenEndpoint({
  lifetimeMs = 3_600_000,
  refreshToken,
}: TokenEndpointOptions = {}): TokenEndpoint {
  const requests: Request[] = []
  const script: TokenEndpointAnswer[] = []
  const families = new Map<string, Family>()
  const expiries = new Map<string, number>()
  let held: Promise<void> | undefined
  let failure: Error | undefined
  let offset = 0
  const now = () => Date.now() + offset
  if (refreshToken !== undefined) families.set(refreshToken, { refreshToken, accessTokens: [] })

  const grant = (number: number, family: Family | undefined): Response => {
    const accessToken = `token-${number}`
    expiries.set(accessToken, now() + lifetimeMs)
    if (family) {
      family.refreshToken = `refresh-${number}`
      family.accessTokens.push(accessToken)
      families.set(family.refreshToken, family)
    }
    const members = { access_token: accessToken, token_type: 'Bearer', expires_in: Math.floor(lifetimeMs / 1000) }
    return Response.json({ ...members, refresh_token: family?.refreshToken })
  }

  const refresh = (number: number, presented: string): Response => {
    const family = families.get(presented)
    if (family?.refreshToken === presented && !family.isEnded) return grant(number, family)
    if (family) {
      family.isEnded = true
      for (const accessToken of family.accessTokens) expiries.delete(accessToken)
    }
    return refusal('invalid_grant')
  }

  const respond = async (request: Request, number: number): Promise<Response> => {
    await held
    if (failure) throw failure
    const answer = script.shift()
    if (answer) return typeof answer === 'function' ? answer(request) : answer
    // Not text(): workerd warns of that for anything that is no text by name.
    const form = new URLSearchParams(new TextDecoder().decode(await request.clone().arrayBuffer()))
    const type = form.get('grant_type')
    if (request.method !== 'POST' || !type) return refusal('invalid_request')
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
