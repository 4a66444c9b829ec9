/** Whose stream it is. */
export type StreamOwner = {
  /** What tells one from the other: the id of a user's session, or a visitor's address. */
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

/**
 * Limits the open streams, so that nobody closes the page to others: if all are taken, visitors make room for users, and who
 * has the most for who has fewer, by the end of their last stream.
 */
export function createStreamLimit({ max, maxOfSession }: StreamLimits): StreamLimit {
  const owners = new Map<string, { readonly streams: Set<AbortController>; readonly isUser: boolean }>()
  /** Any visitor has more than any user. */
  const weigh = ({ streams, isUser }: { streams: Set<AbortController>; isUser: boolean }) =>
    streams.size + (isUser ? 0 : max)

  return ({ id, isUser }, stream) => {
    const own = owners.get(id) ?? { streams: new Set(), isUser }
    if (isUser && own.streams.size >= maxOfSession) return false
    const all = [...owners.values()]
    if (all.reduce((sum, { streams }) => sum + streams.size, 0) >= max) {
      const [most = own] = all.toSorted((a, b) => weigh(b) - weigh(a))
      if (weigh(most) <= weigh(own) + 1) return false
      ;[...most.streams].at(-1)?.abort()
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
