import { memberOf } from '../members.ts'
import type { AddHeaders, Token } from '../token.ts'
import type { Candidate } from './candidate.ts'
import type { Replay } from './replay.ts'
import type { Call } from './send.ts'

/** A call that is sent with a token. */
export type Sent = {
  readonly call: Call
  /** The source of the token. */
  readonly chosen: Candidate
  readonly url: string
  /** What is sent: the request, or its URL. */
  readonly target: RequestInfo
  /** The headers that the call was made with. After the first attempt, they can have the token, too. */
  readonly own: Headers | undefined
  /** The headers that are sent. `undefined` if `target` holds them. */
  readonly headers: Headers | undefined
  /** What is sent a second time. `undefined` if the call can be sent only once. */
  readonly replay: Replay | undefined
  /** The source's function for further headers, if it has one. */
  readonly add: AddHeaders | undefined
  /** The last token that `ask` got. `undefined` if memory had the header value. */
  token: Token | undefined
}

/** Returns the signal that aborts a call. */
export const signalOf = ({ call, target }: Sent): AbortSignal | undefined =>
  memberOf(call.init, 'signal') ?? (typeof target === 'object' ? target.signal : undefined)
