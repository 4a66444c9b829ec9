import type { Options } from 'ky'
import type { TokenSource } from '../token.ts'
import { compileApis, type IsApi } from './apis.ts'
import { attach } from './attach.ts'
import { fixedToken, type FixedTokenOptions } from './fixed-token.ts'
import { isReusable } from './replay.ts'

/** The information about a call that a {@link SelectSource} gets. */
export type BearerState = {
  /** The call's `context` option, or an empty object if there is none. */
  readonly context: Readonly<Record<string, unknown>>
}

/** Chooses the token source for a call. If it returns `undefined`, the call is sent without a token. */
export type SelectSource = (state: BearerState) => TokenSource | undefined | Promise<TokenSource | undefined>

/**
 * Returns options for `ky.extend` with a token that never changes, such as one from a configuration. A call whose token
 * is rejected is not sent again.
 *
 * @param token - the access token.
 * @param options - `apis`: the allowed URL prefixes. `exceptApis`: exceptions within them.
 * @throws `TypeError` if the token cannot be sent in a header, or `apis` are not valid URL prefixes.
 */
export function bearer(token: string, options: FixedTokenOptions): Options
/**
 * Returns options for `ky.extend`. With them, each request for one of the source's APIs carries a valid token. If the
 * API rejects that token, the request is sent a second time with a newer one.
 *
 * The second attempt is not one of ky's retries, and starts as soon as there is a newer token. A stream can be read
 * only once, so it is buffered, unless ky's `retry` is 0. A call whose body is not buffered gets the 401.
 *
 * If your own `fetch` changes the body, give it as ky's `fetch` option. If another `init` hook adds it around this
 * one, it does not run for the second attempt.
 *
 * @example
 * ```ts
 * const api = ky.extend(bearer(source))
 * const perTenant = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
 * const fixed = ky.extend(bearer('a-fixed-token', { apis: ['https://api.example.com'] }))
 * ```
 *
 * @param source - the source of the tokens, or a function that chooses the source for each call, such as one for each
 * tenant.
 * @throws `TypeError` if the source's `apis` are not valid URL prefixes. Calls reject with an {@link OAuthError} if
 * they cannot get a token.
 */
export function bearer(source: TokenSource | SelectSource): Options
export function bearer(given: TokenSource | SelectSource | string, fixed?: FixedTokenOptions): Options {
  const source = typeof given === 'string' ? fixedToken(given, fixed) : given
  const isApi = typeof source === 'function' ? nowhere : compileApis(source)

  const wrap = (options: Options) => {
    const { fetch = globalThis.fetch } = options
    // A selector runs here, so that its error rejects the call. If it ran in the hook, its error would make ky() itself
    // throw.
    options.fetch = (input, init) => {
      const call = { fetch, input, init, ...bodyOf(options) }
      if (typeof source !== 'function') return attach(source, isApi, call)
      const send = (chosen: TokenSource | undefined) =>
        chosen ? attach(chosen, compileApis(chosen), call) : fetch(input, init)
      const chosen = source({ context: options.context ?? {} })
      return chosen && 'then' in chosen ? chosen.then(send) : send(chosen)
    }
  }
  return { hooks: { init: [wrap] } }
}

/** Allows no URL, because a selector has not chosen its source yet. */
const nowhere: IsApi = () => false

/**
 * Returns the body as the caller gave it, and whether the body of the request may be buffered instead.
 *
 * A hook can replace the request. With hooks, what is sent again is therefore a copy of the request, unless its body was
 * given as a stream and ky's `retry` is 0.
 */
function bodyOf({ hooks, json, body, stringifyJson, retry }: Options) {
  const mayBuffer = (typeof retry === 'number' ? retry : (retry?.limit ?? 2)) > 0
  if (hooks?.beforeRequest?.length || hooks?.beforeRetry?.length || hooks?.afterResponse?.length)
    return { body: undefined, mayBuffer: mayBuffer || body === null || body === undefined || isReusable(body) }
  return { body: json === undefined ? body : () => stringifyJson?.(json) ?? JSON.stringify(json), mayBuffer }
}
