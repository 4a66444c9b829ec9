import { orange, orangeAuth, type OrangeOptions } from '@oauthkit/orange'
import ky, { type KyInstance } from 'ky'

/** What {@link createOrangeApi} takes, beside all that `orangeAuth` takes. */
export type OrangeApiOptions = OrangeOptions & {
  /** The base URL of the APIs, an emulator's say. @defaultValue Orange's own. */
  readonly url?: string | undefined
  /** How long one attempt may take, in milliseconds; all of them together may take twice as long. @defaultValue 4000 */
  readonly attemptTimeoutMs?: number
}

/**
 * Makes the ky client for Orange's APIs; paths such as `poi/v1/shops` are relative to their base URL.
 *
 * @throws `TypeError` if a credential is missing; it names the environment variable.
 */
export function createOrangeApi({ url, attemptTimeoutMs = 4000, ...options }: OrangeApiOptions = {}): KyInstance {
  const provider = url ? { ...orange, tokenEndpoint: `${url}/oauth/v3/token`, resources: [url] } : orange
  return ky.extend(orangeAuth({ provider, ...options })).extend({
    prefix: url ?? 'https://api.orange.com',
    // Someone is looking at an empty page meanwhile.
    timeout: attemptTimeoutMs,
    totalTimeout: 2 * attemptTimeoutMs,
    // Not 429 and 503: where Orange asks for patience, the visitor is told so at once instead of waiting.
    retry: { limit: 1, statusCodes: [500, 502, 504] },
  })
}
