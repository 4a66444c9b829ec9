/**
 * Starts to measure time. The returned function gives the milliseconds that have passed, by the clock that shows more:
 * the monotonic clock can stop while the machine sleeps, and the wall clock can be changed.
 */
export function startStopwatch(): () => number {
  const [monotonic, wall] = [performance.now(), Date.now()]
  return () => Math.max(performance.now() - monotonic, Date.now() - wall)
}
