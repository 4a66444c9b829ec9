import type { TokenEventDetails } from '../events.ts'
import { memberOf } from '../members.ts'
import type { Chosen } from './candidate.ts'

/** The events of a call, without its origin. */
type CallEvent<Event = TokenEventDetails> = Event extends { readonly origin: string } ? Omit<Event, 'origin'> : never

/**
 * Calls the handler of a source. It can be written by hand: an error that it throws, or rejects with, must not fail the
 * call. A URL that is not valid has no origin, and no event: `fetch` reports it.
 */
export async function tell(chosen: Chosen, url: string, event: CallEvent): Promise<void> {
  try {
    const source = chosen?.source
    await (memberOf(source, 'onEvent')?.call(source, { ...event, origin: originOf(url) }) as unknown)
  } catch {}
}

/** Returns the origin of a URL. */
export const originOf = (url: string): string => new URL(url).origin
