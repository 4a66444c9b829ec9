import { memberOf } from '../members.ts'
import { isAccessToken, type TokenSource } from '../token.ts'
import { abortable } from '../wait.ts'
import { unsendable } from './send.ts'
import { signalOf, type Sent } from './sent.ts'

/**
 * Asks the source of a call for a token, and returns the complete header value. A source written by hand can ignore the
 * signal, and can return any value.
 *
 * A call whose body can be sent only once cannot be sent again, so its token must last for five seconds.
 *
 * @param rejected - the header value that the API rejected, if any.
 */
export async function ask(sent: Sent, rejected?: string): Promise<string> {
  const { source } = sent.chosen
  const signal = signalOf(sent)
  const options = { rejected: rejected?.slice('Bearer '.length), validForMs: sent.replay ? undefined : 5000, signal }
  const getToken = memberOf(source, 'getToken') as TokenSource['getToken']
  const token = await abortable(getToken.call(source, options), signal)
  const accessToken = memberOf(token, 'accessToken')
  sent.token = token
  if (isAccessToken(accessToken)) return `Bearer ${accessToken}`
  throw new TypeError(unsendable)
}
