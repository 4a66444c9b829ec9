/** One call of a variant. */
export type Variant = () => unknown

/** A measured value: the median of all rounds, and the interval that holds that median with 95 % certainty. */
export type Figure = { readonly median: number; readonly from: number; readonly to: number }

/**
 * Runs variants in turn, round by round, so that a change of the machine's speed affects all of them alike.
 *
 * @returns for each variant, its time relative to the first one, and its nanoseconds per call.
 */
export async function interleave(
  variants: Readonly<Record<string, Variant>>,
  { rounds = 61, callsPerRound = 400 }: { readonly rounds?: number; readonly callsPerRound?: number } = {},
): Promise<Record<string, { readonly ratio: Figure; readonly ns: number }>> {
  const names = Object.keys(variants)
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = -3; round < rounds; round += 1) {
    for (const name of names) {
      const run = variants[name] as Variant
      const start = process.hrtime.bigint()
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      for (let call = 0; call < callsPerRound; call += 1) await run()
      const took = Number(process.hrtime.bigint() - start) / callsPerRound
      // Lets the event loop finish the work of these calls, so that the next variant does not pay for it.
      // oxlint-disable-next-line no-await-in-loop -- in turn
      await new Promise((resolve) => setImmediate(resolve))
      // The first rounds only warm up.
      if (round >= 0) times.get(name)?.push(took)
    }
  }
  const base = times.get(names[0] ?? '') ?? []
  return Object.fromEntries(
    [...times].map(([name, own]) => {
      const ratio = figureOf(own.map((ns, round) => ns / (base[round] ?? Number.NaN)))
      return [name, { ratio, ns: Math.round(figureOf(own).median) }]
    }),
  )
}

/** Returns the median of some values, with its interval by order statistics. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  const at = (index: number) => sorted[Math.min(count - 1, Math.max(0, Math.round(index)))] ?? Number.NaN
  const reach = 0.98 * Math.sqrt(count)
  return { median: at((count - 1) / 2), from: at((count - 1) / 2 - reach), to: at((count - 1) / 2 + reach) }
}
