import { lifetimeMs, type Fleet } from './start-fleet.ts'

/**
 * Lets a process redeem its refresh token, and starts a fault before it saves the new one. Then all others call. When
 * all calls are answered, the tokens expire, and all processes call again over a connection that works.
 *
 * @param meanwhile - what happens while the others call, such as the end of the fault. It gets the end of their calls.
 */
export async function afterRedemption(
  { holder, others, advance, call }: Fleet,
  fault: () => Promise<unknown>,
  meanwhile?: (waiting: Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  advance(lifetimeMs)
  await holder.ask({ type: 'arm', moment: 'answered', action: 'wait' })
  const hit = holder.hit()
  const calling = call([holder])
  await hit
  await fault()
  await holder.ask({ type: 'continue' })
  const waiting = call(others)
  await meanwhile?.(waiting)
  await Promise.all([calling, waiting])
  await Promise.all([holder, ...others].map(({ ask }) => ask({ type: 'reconnect' })))
  advance(lifetimeMs)
  await call()
}
