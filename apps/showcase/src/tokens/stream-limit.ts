/** Whose stream it is. */
export type StreamOwner = {
  /** What tells one from the other: the id of a user's session, or the network of a visitor's address. */
  readonly id: string
  /** Whether it is a user who is signed in. */
  readonly isUser: boolean
}

/** What {@link createStreamLimit} takes. */
export type StreamLimits = {
  /** How many streams may be open at once. */
  readonly max: number
  /** How many of them one session may have. Many visitors may have one address, so visitors have no such limit. */
  readonly maxOfSession: number
}

/** Lets a stream in. @returns `false` if there is no room for it. It gives its room back once it is aborted. */
export type StreamLimit = (owner: StreamOwner, stream: AbortController) => boolean

/** The open streams of an owner, the oldest first. */
type Holder = { readonly streams: Set<AbortController>; readonly isUser: boolean }

/**
 * Limits the open streams, so that no visitor closes the page to another. If all are taken, a new stream ends the oldest one
 * of the owner that would have the most with it:
 *
 * - Visitors are the first to make room. This may be the address of the new stream itself: many visitors may share it.
 * - If only users have streams, a user makes room for another user who has fewer. No user makes room for a visitor.
 *
 * A visitor who opens streams without end interrupts others, whose browsers connect again by themselves.
 */
export function createStreamLimit({ max, maxOfSession }: StreamLimits): StreamLimit {
  const owners = new Map<string, Holder>()

  /** Finds the owner that makes room for a stream of `own`, if there is one. */
  const findHolder = (own: Holder): Holder | undefined => {
    const all = [...owners.values()].toSorted((a, b) => b.streams.size - a.streams.size)
    const visitors = all.filter(({ isUser }) => !isUser)
    const holders = visitors.length > 0 || !own.isUser ? visitors : all
    const [most] = holders
    if (!most || !holders.includes(own) || own.streams.size + 1 < most.streams.size) return most
    return own.isUser ? undefined : own
  }

  return ({ id, isUser }, stream) => {
    const own = owners.get(id) ?? { streams: new Set(), isUser }
    if (isUser && own.streams.size >= maxOfSession) return false
    if ([...owners.values()].reduce((sum, { streams }) => sum + streams.size, 0) >= max) {
      const [oldest] = findHolder(own)?.streams ?? []
      if (!oldest) return false
      oldest.abort()
    }
    owners.set(id, own)
    own.streams.add(stream)
    stream.signal.addEventListener('abort', () => {
      own.streams.delete(stream)
      if (own.streams.size === 0 && owners.get(id) === own) owners.delete(id)
    })
    return true
  }
}
