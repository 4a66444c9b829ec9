import { bearer } from '@oauthkit/core'
import ky from 'ky'
import { Bench } from 'tinybench'
import { createInstance, createTokenEndpoint } from './fleet-of-sources.ts'

/** Compares ky calls with a token from memory, in turn with a store and without one. */
export async function compareCalls(url: string) {
  const instances = await Promise.all([
    createInstance(createTokenEndpoint(0)),
    createInstance(createTokenEndpoint(0), url),
  ])
  const [without, withStore] = instances.map(({ source }) =>
    ky.create({ fetch: async () => Response.json({}) }).extend(bearer(source)),
  )
  const call = (api: typeof without) => async () => {
    await api?.get('https://api.example/things').json()
  }
  const fastest = { without: Number.POSITIVE_INFINITY, 'with the store': Number.POSITIVE_INFINITY }
  for (let round = 0; round < 10; round += 1) {
    const bench = new Bench({ time: 300, warmupTime: 100 })
    bench.add('without', call(without)).add('with the store', call(withStore))
    await bench.run()
    for (const name of ['without', 'with the store'] as const) {
      const { result } = bench.getTask(name) ?? {}
      if (result && 'latency' in result) fastest[name] = Math.min(fastest[name], result.latency.p50)
    }
  }
  for (const { end } of instances) end()
  const microseconds = (name: keyof typeof fastest) => Math.round(fastest[name] * 1000)
  const ratio = (fastest['with the store'] / fastest.without).toFixed(2)
  return { 'without, µs': microseconds('without'), 'with the store, µs': microseconds('with the store'), ratio }
}
