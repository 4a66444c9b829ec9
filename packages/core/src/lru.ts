/** Makes a function that gives the same member for the same key, and drops the longest unused beyond `maxIdle`. */
export function createLru<Member>(
  create: (key: string) => Member,
  maxIdle: number,
  isBusy: (member: Member) => boolean = () => false,
): (key: string) => Member {
  // A Map keeps its order, so the first one is the longest unused.
  const members = new Map<string, Member>()
  return (key) => {
    const member = members.get(key) ?? create(key)
    members.delete(key)
    members.set(key, member)
    if (members.size > maxIdle) {
      // Where all are busy, looking through all of them would cost more than it frees.
      let looks = 16
      for (const [other, idle] of members) {
        if ((looks -= 1) < 0) break
        if (other === key || isBusy(idle)) continue
        members.delete(other)
        break
      }
    }
    return member
  }
}
