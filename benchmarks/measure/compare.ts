import { Bench } from 'tinybench'
import { figureOf, type Figure } from './figure.ts'

/** Something to measure, and the name of another variant that its time is compared with. */
export type Variant = { readonly run: () => Promise<unknown>; readonly base: string }

export type Comparison = {
  /** The time over that of the base. */
  readonly ratio: Figure
  /** In microseconds. */
  readonly time: Figure
  /** By how many microseconds it is slower than the base. */
  readonly added: Figure
}

export type Rounds = {
  readonly rounds: number
  /** How often each variant runs in one round. */
  readonly iterations: number
  /** How many rounds come before, whose times do not count. @defaultValue 4 */
  readonly warmUpRounds?: number
}

/**
 * Runs variants in turn, round by round, each second round in the opposite order. So a change of the machine's speed, and
 * what one variant leaves behind for the next one, affect all of them alike.
 */
export async function compare(
  variants: Readonly<Record<string, Variant>>,
  { rounds, iterations, warmUpRounds = 4 }: Rounds,
): Promise<Record<string, Comparison>> {
  const names = Object.keys(variants)
  const createBench = (order: readonly string[]) => {
    const bench = new Bench({
      time: 0,
      iterations,
      warmup: false,
      throws: true,
      // Lets the event loop finish the work of these calls, so that the next variant does not pay for it.
      teardown: () => new Promise((resolve) => setImmediate(resolve)),
    })
    for (const name of order) bench.add(name, (variants[name] as Variant).run, { async: true })
    return bench
  }
  const benches = [createBench(names), createBench(names.toReversed())]
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const bench = benches[Math.abs(round) % 2] as Bench
    // Without this, a second run would return the results of the first one.
    bench.reset()
    for (const { name, result } of await bench.run()) {
      if (round >= 0 && 'latency' in result) times.get(name)?.push(result.latency.mean * 1000)
    }
  }
  return Object.fromEntries(
    names.map((name): [string, Comparison] => {
      const own = times.get(name) ?? []
      const base = times.get((variants[name] as Variant).base) ?? []
      const withBase = (calculate: (own: number, base: number) => number) =>
        figureOf(own.map((time, round) => calculate(time, base[round] ?? Number.NaN)))
      return [
        name,
        {
          ratio: withBase((mine, other) => mine / other),
          time: figureOf(own),
          added: withBase((mine, other) => mine - other),
        },
      ]
    }),
  )
}
