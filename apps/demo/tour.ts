/** A shop as Orange's API shows it. */
export type Shop = { readonly name: string; readonly postalCode: string }

/** What a step of the tour came to: what the program saw, and what the emulator counted so far. */
export type Step = {
  readonly name: string
  readonly calls: number
  readonly ok: number
  /** Calls that ended with a 401 for the program. */
  readonly unauthorized: number
  readonly counters: { readonly apiCalls: number; readonly apiRejections: number; readonly tokenRequests: number }
}

/** How long the first token lives, in milliseconds. */
export const firstLifetimeMs = 2000

/**
 * Makes the calls that bring most programs into trouble, and writes a {@link Step} as JSON for each kind.
 *
 * @param server - where the emulator answers.
 * @param findShops - the program's own call of the API.
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
      // oxlint-disable-next-line no-await-in-loop -- a steady load, in real time
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return calls
  }

  await step('200 calls at once, and no token yet', atOnce(200))

  await nextTokenLives(3600)
  await step('calls for 2 s, until the token has expired', steadilyFor(firstLifetimeMs / 1000))

  await nextTokenLives(6)
  await post('revoke')
  await step('50 calls at once, after the token was revoked', atOnce(50))

  // Orange's tokens are renewed a minute before they end; one of 6 s, when half of that is left.
  await nextTokenLives(3600)
  await post('fail-token-requests', { count: 1, status: 503 })
  await step('calls for 5 s, the token endpoint down when it is needed', steadilyFor(5))
}
