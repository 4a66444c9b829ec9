import { failedAtOf } from './describe-failure.ts'
import { lossOf } from './describe-lost.ts'
import { isOAuthError } from '../errors.ts'
import { memberOf } from '../members.ts'
import { pause } from '../pause.ts'

/** The pauses before the second and the third attempt, in milliseconds. */
const pausesMs = [250, 750]

/** No attempt follows a failure that is later than this, in milliseconds after the first request was sent. */
const longestMs = 1000

/**
 * Bridges a short disturbance of a server: sends a request again, twice at most, within about a second.
 *
 * @param failure - the error of the first attempt.
 * @param send - sends the request again, with new client authentication.
 * @param isOnce - whether the last attempt sent something that can be used only once.
 * @param sentAt - when the first request was sent, in milliseconds since the epoch.
 * @param checkCurrent - throws if the result is no longer needed.
 */
export async function bridge<T>(
  failure: unknown,
  send: () => Promise<T>,
  isOnce: () => boolean,
  sentAt: number,
  checkCurrent: () => void,
): Promise<T> {
  let error = failure
  for (const pauseMs of pausesMs) {
    if (failedAt(error) >= sentAt + longestMs || !isHiccup(error, isOnce())) throw error
    // oxlint-disable no-await-in-loop -- each attempt follows the one before
    await pause(pauseMs)
    checkCurrent()
    try {
      return await send()
    } catch (next) {
      error = next
    }
    // oxlint-enable no-await-in-loop
  }
  throw error
}

const failedAt = (error: unknown): number => (isOAuthError(error) && failedAtOf.get(error)) || Date.now()

/**
 * Whether a failure probably passes within a second: the connection was lost, or a gateway did not reach the server.
 * What can be used only once is sent again only if the platform says that it was not sent.
 */
function isHiccup(error: unknown, isOnce: boolean): boolean {
  if (!isOAuthError(error)) return false
  const status = memberOf(error, 'status') ?? 0
  const loss = lossOf.get(error)
  if (isOnce) return loss?.isUnsent === true
  return loss?.isTransient === true || (status >= 502 && status <= 504 && memberOf(error, 'retryAt') === undefined)
}
