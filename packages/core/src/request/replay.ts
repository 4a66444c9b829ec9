import { discard } from '../read-text.ts'
import { clone, type Call } from './send.ts'

/** The data for sending a request a second time. */
export type Replay = {
  readonly target: RequestInfo
  /** The body. If `undefined`, the target holds the body, or there is none. */
  readonly body: BodyInit | undefined
  /** Frees the buffered body after the call has ended. */
  readonly discard: (() => void) | undefined
}

/** Prepares to send a request a second time. Returns `undefined` if its body can be read only once. */
export function prepareReplay(input: RequestInfo, { body, mayBuffer }: Call): Replay | undefined {
  if (body !== undefined && isReusable(body)) return { target: input, body, discard: undefined }
  // Some browsers do not show a request's body. There, a request whose method allows a body is treated as one with a body.
  const isEmpty = typeof input === 'string' || input.body === null || input.method === 'GET' || input.method === 'HEAD'
  if (!body && isEmpty) return { target: input, body: undefined, discard: undefined }
  // Only the platform's Request is copied. Other libraries can have bodies that cannot be, and copies with another URL.
  if (!mayBuffer || !(input instanceof Request)) return undefined
  const spare = clone(input)
  return { target: spare, body: undefined, discard: () => discard(spare.body) }
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
