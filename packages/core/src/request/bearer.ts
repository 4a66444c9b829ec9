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
 * The renewal and the second sending take nothing from ky's `retry`, and no time is waited between them. A body that can be
 * read only once is sent again only where ky buffers it, which it does unless `retry` is 0; else the call gets the 401.
 *
 * A `fetch` of yours that changes the body belongs in ky's `fetch` option, beneath the token layer: what wraps it from
 * an `init` hook is not asked again for the replay.
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
    // A selector runs in here, so that what it throws is a rejection: from the hook it would leave ky() at once.
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

/** The body as the caller gave it, unless a hook may have replaced the request since. */
function bodyOf({ hooks, json, body, stringifyJson }: Options) {
  if (hooks?.beforeRequest?.length || hooks?.beforeRetry?.length || hooks?.afterResponse?.length) return undefined
  return json === undefined ? body : () => stringifyJson?.(json) ?? JSON.stringify(json)
}

const retryLimit = ({ retry }: Options) => (typeof retry === 'number' ? retry : (retry?.limit ?? 2))
