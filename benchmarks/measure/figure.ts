/** A measured value: the median of all rounds, and the interval that holds it with 95 % certainty. */
export type Figure = { readonly median: number; readonly from: number; readonly to: number }

/** Returns the median of some values. The interval is one of order statistics: it assumes no distribution. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b)
  const last = sorted.length - 1
  const at = (index: number) => sorted[Math.min(last, Math.max(0, Math.round(index)))] ?? Number.NaN
  const reach = 0.98 * Math.sqrt(sorted.length)
  const median = (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2
  return { median, from: at(last / 2 - reach), to: at(last / 2 + reach) }
}
