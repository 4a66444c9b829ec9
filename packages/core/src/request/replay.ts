/** What is sent when a request is sent once more. */
export type Replay = {
  readonly target: RequestInfo
  /** Makes the body again; absent: the target has it, or there is none. */
  readonly body?: (() => BodyInit) | undefined
  /** Frees what was buffered for it, once the call is over. */
  readonly discard?: (() => void) | undefined
}

/**
 * Prepares to send a request once more; `undefined` means that its body can be read only once.
 *
 * @param body - the body as it was given, or a function that makes it: it costs nothing unless it is needed.
 * @param mayBuffer - whether a body that is only in the Request object may be buffered.
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
  return { target: spare, discard: () => void spare.body?.cancel().catch(() => {}) }
}

/** The classes are named inside: at module scope, naming them makes Node load its whole `fetch` at import. */
const isReusable = (body: BodyInit) =>
  typeof body === 'string' ||
  ArrayBuffer.isView(body) ||
  [URLSearchParams, FormData, Blob, ArrayBuffer].some((type) => body instanceof type)

/** Some browsers do not show a request's body: there, a request that may have one is taken to have it. */
const isEmpty = ({ body, method }: Request) => body === null || method === 'GET' || method === 'HEAD'
