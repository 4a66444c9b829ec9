import type { Options } from 'ky'
import type { TokenSource } from '../token.ts'
import { compileApis, type IsApi } from './apis.ts'
import { attach } from './attach.ts'
import { fixedToken, type FixedTokenOptions } from './fixed-token.ts'

/** What a selector of a token source may look at. */
export type BearerState = {
  /** The call's `context` option; an empty object where there is none. */
  readonly context: Readonly<Record<string, unknown>>
}

/** Chooses the source of a call's token; `undefined`: the call goes out without one. */
export type SelectSource = (state: BearerState) => TokenSource | undefined | Promise<TokenSource | undefined>

/**
 * Options for `ky.extend`, with a token that never changes, such as one from a configuration. A call whose token is rejected is
 * not sent again.
 *
 * @param token - the access token.
 * @param options - `apis`: the URL prefixes that it may be sent to; `exceptApis`: those within them that it may not.
 * @throws `TypeError` if the token cannot be sent in a header, or `apis` are not URL prefixes that tokens may be sent to.
 */
export function bearer(token: string, options: FixedTokenOptions): Options
/**
 * Options for `ky.extend`. With them, each request for one of the source's APIs carries a valid token, and is sent once
 * more with a newer one if the API rejects that token.
 *
 * The second sending is no retry of ky's, and starts as soon as there is a newer token. A body that is a stream can be read
 * only once: it is buffered, unless ky's `retry` is 0. A call whose body is not buffered gets the 401.
 *
 * A `fetch` of yours that changes the body belongs in ky's `fetch` option. One that another `init` hook puts around this one
 * does not run for the second sending.
 *
 * @example
 * ```ts
 * const api = ky.extend(bearer(source))
 * const perTenant = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
 * const fixed = ky.extend(bearer('a-fixed-token', { apis: ['https://api.example.com'] }))
 * ```
 *
 * @param source - the source of the tokens, or a function that chooses it for each call: one client, many tenants.
 * @throws `TypeError` if the source's `apis` are not URL prefixes that tokens may be sent to. Calls reject with an
 * {@link OAuthError} if they cannot get a token.
 */
export function bearer(source: TokenSource | SelectSource): Options
export function bearer(given: TokenSource | SelectSource | string, fixed?: FixedTokenOptions): Options {
  const source = typeof given === 'string' ? fixedToken(given, fixed) : given
  const isApi = typeof source === 'function' ? nowhere : compileApis(source)

  const wrap = (options: Options) => {
    const { fetch = globalThis.fetch } = options
    // A selector runs here, so that its error rejects the call. In the hook, ky() itself would throw.
    options.fetch = (input, init) => {
      const call = { fetch, input, init, body: bodyOf(options), mayBuffer: retryLimit(options) > 0 }
      if (typeof source !== 'function') return attach(source, isApi, call)
      const send = (chosen: TokenSource | undefined) =>
        chosen ? attach(chosen, compileApis(chosen), call) : fetch(input, init)
      const chosen = source({ context: options.context ?? {} })
      return chosen && 'then' in chosen ? chosen.then(send) : send(chosen)
    }
  }
  return { hooks: { init: [wrap] } }
}

/** Where the tokens of a selector may go, before it has chosen a source. */
const nowhere: IsApi = () => false

/** The body as the caller gave it; `undefined` if there are hooks, since a hook can replace the request. */
function bodyOf({ hooks, json, body, stringifyJson }: Options) {
  if (hooks?.beforeRequest?.length || hooks?.beforeRetry?.length || hooks?.afterResponse?.length) return undefined
  return json === undefined ? body : () => stringifyJson?.(json) ?? JSON.stringify(json)
}

const retryLimit = ({ retry }: Options) => (typeof retry === 'number' ? retry : (retry?.limit ?? 2))
