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
 * Limits the open streams, so that nobody closes the page to others. If all are taken, the new stream ends the oldest one of
 * whoever would have the most with it:
 *
 * - Visitors are first to make room. A visitor's new stream also ends the oldest one of its own address, since many visitors
 *   may share that.
 * - If only users have streams, one makes room for another user. No user makes room for visitors.
 *
 * Whoever opens streams without end thus ends those of others, at most. Their browsers come back by themselves.
 */
export function createStreamLimit({ max, maxOfSession }: StreamLimits): StreamLimit {
  const owners = new Map<string, Holder>()

  /** Gives whoever is to make room for a stream of `own`, if anybody is. */
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
