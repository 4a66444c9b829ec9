import { discard } from '../read-text.ts'
import type { Call } from './send.ts'

/** The data for sending a request a second time. */
export type Replay = {
  readonly target: RequestInfo
  /** The body. If absent, the target holds the body, or there is none. */
  readonly body?: BodyInit | undefined
  /** Frees the buffered body after the call has ended. */
  readonly discard?: (() => void) | undefined
}

/** Prepares to send a request a second time. Returns `undefined` if its body can be read only once. */
export function prepareReplay(input: RequestInfo, { body, mayBuffer }: Call): Replay | undefined {
  if (isReusable(body)) return { target: input, body }
  const request = typeof input === 'object' && 'clone' in input ? input : undefined
  // Some browsers do not show a request's body. There, a request whose method allows a body is treated as one with a body.
  const isEmpty = !request || request.body === null || request.method === 'GET' || request.method === 'HEAD'
  if (!body && isEmpty) return { target: input }
  // The copy of a Node stream must be read, or the first attempt stops. Other libraries have requests with such bodies.
  if (!mayBuffer || !request || (request.body && !('tee' in request.body))) return undefined
  const spare = request.clone()
  return { target: spare, discard: () => discard(spare.body) }
}

/**
 * Whether a body can be read a second time.
 *
 * The classes are named inside the function. At module scope, their names make Node load its whole `fetch` at import.
 */
export const isReusable = (body: unknown): body is BodyInit =>
  typeof body === 'string' ||
  ArrayBuffer.isView(body) ||
  [URLSearchParams, FormData, Blob, ArrayBuffer].some((type) => body instanceof type)
