import * as fc from 'fast-check'
import ky from 'ky'
import { expect, test } from 'vitest'
import { bearer, bearerFetch, type TokenSource } from '../../src/index.ts'

// A model of the rule: the longest prefix that matches by whole segments wins, and of several, the one added last.

const host = 'https://api.example'

const segments = fc.array(fc.constantFrom('a', 'b', 'ab', 'v1'), { maxLength: 3 })
const toPath = (parts: readonly string[]) => parts.map((part) => `/${part}`).join('')

/** How a source is added. */
const ways = ['source', 'selector', 'late selector', 'none'] as const

const source = fc.record({
  apis: fc.array(segments.map(toPath), { minLength: 1, maxLength: 3 }),
  exceptApis: fc.array(segments.map(toPath), { maxLength: 1 }),
  way: fc.constantFrom(...ways),
  /** Whether a hook of the user's own is added before it. */
  hasHook: fc.boolean(),
})

type Drawn = {
  readonly apis: readonly string[]
  readonly exceptApis: readonly string[]
  readonly way: (typeof ways)[number]
}

const isWithin = (path: string, prefix: string) => `${path}/`.startsWith(`${prefix}/`)

/** Returns the number of the source whose token a call must get. */
function expected(sources: readonly Drawn[], path: string): number | undefined {
  let best: { readonly index: number; readonly length: number } | undefined
  for (const [index, { apis, exceptApis, way }] of sources.entries()) {
    if (way === 'none' || exceptApis.some((prefix) => isWithin(path, prefix))) continue
    const length = Math.max(...apis.filter((prefix) => isWithin(path, prefix)).map((prefix) => prefix.length))
    if (length >= (best?.length ?? 0)) best = { index, length }
  }
  return best?.index
}

const toSource = ({ apis, exceptApis }: Drawn, index: number): TokenSource => ({
  apis: apis.map((path) => host + path),
  exceptApis: exceptApis.map((path) => host + path),
  getToken: async () => ({ accessToken: `token-${index}` }),
})

/** A network that tells which token a call has. */
const answer: typeof fetch = async (input, init) =>
  new Response(new Headers(init?.headers ?? (input as Request).headers).get('authorization') ?? 'none')

test('the nearest prefix gives the token, in any order, with hooks and selectors, and with a fetch of the call', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(source, { minLength: 1, maxLength: 5 }),
      segments.map(toPath),
      fc.boolean(),
      async (sources, path, isPerCall) => {
        let client = ky.create({ fetch: isPerCall ? () => Promise.reject(new Error('not used')) : answer })
        for (const [index, drawn] of sources.entries()) {
          const own = toSource(drawn, index)
          const selectors = {
            source: own,
            selector: () => own,
            'late selector': async () => own,
            none: () => undefined,
          }
          if (drawn.hasHook) client = client.extend({ hooks: { beforeRequest: [() => {}], init: [() => {}] } })
          client = client.extend(bearer(selectors[drawn.way] as TokenSource))
        }
        const text = await client.get(`${host}${path}?a=1`, isPerCall ? { fetch: answer } : {}).text()
        const index = expected(sources, path)
        expect(text).toBe(index === undefined ? 'none' : `Bearer token-${index}`)
      },
    ),
    { numRuns: 500 },
  ))

test('nested calls of bearerFetch choose by the same rule', () =>
  fc.assert(
    fc.asyncProperty(fc.array(source, { minLength: 1, maxLength: 5 }), segments.map(toPath), async (drawn, path) => {
      const sources = drawn.map((one) => ({ ...one, way: 'source' as const }))
      let send = answer
      for (const [index, one] of sources.entries()) send = bearerFetch(toSource(one, index), send)
      const index = expected(sources, path)
      expect(await (await send(host + path)).text()).toBe(index === undefined ? 'none' : `Bearer token-${index}`)
    }),
    { numRuns: 500 },
  ))
