import { bearer, type TokenSource } from '@oauthkit/core'
import ky, { type KyInstance } from 'ky'

/** What {@link createApi} takes. */
export type ApiOptions = {
  /** Who gives the tokens. */
  readonly tokens: TokenSource
  /** The base URL of the API, to which paths are relative. */
  readonly url: string
  /** How long one attempt may take, in milliseconds; all of them together may take twice as long. @defaultValue 4000 */
  readonly attemptTimeoutMs?: number | undefined
}

/** Makes the ky client of an API. */
export const createApi = ({ tokens, url, attemptTimeoutMs = 4000 }: ApiOptions): KyInstance =>
  ky.extend(bearer(tokens)).extend({
    prefix: url,
    // Someone is looking at an empty page meanwhile.
    timeout: attemptTimeoutMs,
    totalTimeout: 2 * attemptTimeoutMs,
    // Not 429 and 503: where a provider asks for patience, the visitor is told so at once instead of waiting.
    retry: { limit: 1, statusCodes: [500, 502, 504] },
  })
