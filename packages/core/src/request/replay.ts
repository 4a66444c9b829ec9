import { discard } from '../read-text.ts'

/** The data for sending a request a second time. */
export type Replay = {
  readonly target: RequestInfo
  /** Makes the body again. If absent, the target holds the body, or there is none. */
  readonly body?: (() => BodyInit) | undefined
  /** Frees the buffered body after the call has ended. */
  readonly discard?: (() => void) | undefined
}

/**
 * Prepares to send a request a second time. Returns `undefined` if its body can be read only once.
 *
 * @param body - the body as the caller gave it, or a function that makes it. The function runs only if it is needed.
 * @param mayBuffer - whether a body that only the Request object holds may be buffered.
 */
export function prepareReplay(
  input: RequestInfo,
  body: BodyInit | (() => BodyInit) | null | undefined,
  mayBuffer: boolean,
): Replay | undefined {
  if (typeof body === 'function') return { target: input, body }
  if (body !== null && body !== undefined && isReusable(body)) return { target: input, body: () => body }
  const request = typeof input === 'object' && 'clone' in input ? input : undefined
  if (!body && (!request || isEmpty(request))) return { target: input }
  if (!mayBuffer || !request) return undefined
  const spare = request.clone()
  return { target: spare, discard: () => discard(spare.body) }
}

/**
 * Whether a body can be read a second time.
 *
 * The classes are named inside the function. At module scope, their names make Node load its whole `fetch` at import.
 */
export const isReusable = (body: BodyInit) =>
  typeof body === 'string' ||
  ArrayBuffer.isView(body) ||
  [URLSearchParams, FormData, Blob, ArrayBuffer].some((type) => body instanceof type)

/**
 * Some browsers do not show a request's body. There, a request whose method allows a body is treated as one with a
 * body.
 */
const isEmpty = ({ body, method }: Request) => body === null || method === 'GET' || method === 'HEAD'
