/** Returns the same member for the same key. `members` holds all of them. */
export type Lru<Member> = ((key: string) => Member) & { readonly members: ReadonlyMap<string, Member> }

/**
 * Makes a function that returns the same member for the same key. Beyond `maxIdle`, it drops the longest unused member.
 */
export function createLru<Member>(
  create: (key: string) => Member,
  maxIdle: number,
  isBusy: (member: Member) => boolean = () => false,
  onDrop: (member: Member) => void = () => {},
): Lru<Member> {
  // A Map keeps the order of insertion, so its first member is the longest unused.
  const members = new Map<string, Member>()
  let newest: string | undefined
  const get = (key: string) => {
    const known = members.get(key)
    // In a Map, a key that is often deleted and set again is found more and more slowly.
    if (known !== undefined && key === newest) return known
    const member = known ?? create(key)
    newest = key
    members.delete(key)
    members.set(key, member)
    if (members.size > maxIdle) {
      // If all members are busy, a search through all of them would cost more than it frees.
      let looks = 16
      for (const [other, idle] of members) {
        if ((looks -= 1) < 0) break
        if (other === key || isBusy(idle)) continue
        members.delete(other)
        onDrop(idle)
        // Beyond the limit are also members that were busy before.
        if (members.size <= maxIdle) break
      }
    }
    return member
  }
  return Object.assign(get, { members })
}
