/**
 * Starts to measure time, and gives how many milliseconds have passed, by the clock that says more: one of them stands still
 * while a machine sleeps, and the other may be set.
 */
export function startStopwatch(): () => number {
  const [monotonic, wall] = [performance.now(), Date.now()]
  return () => Math.max(performance.now() - monotonic, Date.now() - wall)
}
