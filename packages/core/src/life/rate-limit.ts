/** So many permits at once, and one more every so often. */
export type Ration = {
  /** Takes a permit, or says that there is none. */
  take(): boolean
  /** Gives a permit back that served nothing. */
  giveBack(): void
}

/** Makes a ration of `size` permits, refilled by one every `refillMs`. */
export function createRation(size: number, refillMs: number): Ration {
  let permits = size
  let countedAt = Date.now()
  return {
    take: () => {
      // A clock that was set back must not stop the refill for as long as that.
      countedAt = Math.min(countedAt, Date.now())
      const refilled = Math.floor((Date.now() - countedAt) / refillMs)
      permits = Math.min(size, permits + refilled)
      countedAt = permits === size ? Date.now() : countedAt + refilled * refillMs
      if (permits === 0) return false
      permits -= 1
      return true
    },
    giveBack: () => {
      permits += 1
    },
  }
}
