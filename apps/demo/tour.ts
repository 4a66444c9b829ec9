/** A shop, as Orange's API describes it. */
export type Shop = { readonly name: string; readonly postalCode: string }

/** The result of a step: what the program saw, and what the emulator counted so far. */
export type Step = {
  readonly name: string
  readonly calls: number
  readonly ok: number
  /** The number of calls that failed with 401 for the program. */
  readonly unauthorized: number
  readonly counters: { readonly apiCalls: number; readonly apiRejections: number; readonly tokenRequests: number }
}

/** The lifetime of the first token, in milliseconds. */
export const firstLifetimeMs = 2000

/**
 * Makes calls in four situations in which many programs fail. Prints a {@link Step} as JSON after each.
 *
 * @param server - the URL of the emulator.
 * @param findShops - the program's function that calls the API.
 */
export async function tour(server: string, findShops: (postalCode: string) => Promise<Shop[]>): Promise<void> {
  const control = async (path: string, init?: RequestInit) =>
    (await fetch(`${server}/control/orange/${path}`, init)).json()
  const headers = { 'content-type': 'application/json' }
  const post = (path: string, body = {}) => control(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const nextTokenLives = (seconds: number) => post('lifetime', { ms: seconds * 1000 })

  const step = async (name: string, makeCalls: () => Promise<Promise<Shop[]>[]>) => {
    const results = await Promise.allSettled(await makeCalls())
    const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as object)
    const unauthorized = failures.filter(
      (failure) => 'response' in failure && (failure.response as Response).status === 401,
    )
    const { length: calls } = results
    const counters = await control('counters')
    const outcome = { name, calls, ok: calls - failures.length, unauthorized: unauthorized.length, counters } as Step
    console.log(JSON.stringify(outcome))
  }
  const atOnce = (count: number) => async () => Array.from({ length: count }, () => findShops('35000'))
  const steadilyFor = (seconds: number) => async () => {
    const calls: Promise<Shop[]>[] = []
    const end = Date.now() + seconds * 1000
    while (Date.now() < end) {
      calls.push(findShops('75015'))
      // oxlint-disable-next-line no-await-in-loop -- one call every 25 ms, in real time
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return calls
  }

  await step('200 calls at the same moment, without a token', atOnce(200))

  await nextTokenLives(3600)
  await step('Calls for 2 s, until the token has expired', steadilyFor(firstLifetimeMs / 1000))

  await nextTokenLives(6)
  await post('revoke')
  await step('50 calls at the same moment, after the token was revoked', atOnce(50))

  // A token of Orange is renewed a minute before it expires. A token of 6 s is renewed when 3 s are left.
  await nextTokenLives(3600)
  await post('fail-token-requests', { count: 1, status: 503 })
  await step('Calls for 5 s, while the token expires and the token endpoint answers 503 once', steadilyFor(5))
}
