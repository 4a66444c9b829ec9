/** The owner of a stream. */
export type StreamOwner = {
  /** The session of a user, or the network of a visitor. */
  readonly id: string
  /** Whether it is a user who is signed in. */
  readonly isUser: boolean
}

/** The options of {@link createStreamLimit}. */
export type StreamLimits = {
  /** How many streams can be open at the same time. */
  readonly max: number
  /** How many of them one session can have. Many visitors can have the same address, so visitors have no such limit. */
  readonly maxOfSession: number
}

/** Lets a stream in. @returns `false` if there is no room for it. A stream that is aborted makes room. */
export type StreamLimit = (owner: StreamOwner, stream: AbortController) => boolean

/** The open streams of an owner, the oldest first. */
type Holder = { readonly streams: Set<AbortController>; readonly isUser: boolean }

/**
 * Limits the open streams, so that no visitor keeps others from the page. If the limit is reached, a new stream ends the
 * oldest stream of the owner that has the most, counting the new one:
 *
 * - Visitors make room first. This can be the address of the new stream itself, because many visitors can share it.
 * - If only users have streams, a user makes room for another user who has fewer. No user makes room for a visitor.
 *
 * A visitor who opens more and more streams interrupts others, but their browsers connect again by themselves.
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
