/** A shop as Orange's API shows it. */
export type Shop = { readonly name: string; readonly postalCode: string }

/** What a step of the tour came to: what the program saw, and what the emulator counted so far. */
export type Step = {
  readonly name: string
  readonly calls: number
  readonly ok: number
  /** Calls that ended with a 401 for the program. */
  readonly unauthorized: number
  readonly counters: { readonly apiCalls: number; readonly apiRefusals: number; readonly tokenRequests: number }
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
  const post = (path: string, body = {}) => control(path, { method: 'POST', body: JSON.stringify(body) })

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

  await step('200 calls at once, no token yet', async () => Array.from({ length: 200 }, () => findShops('35000')))

  // The next tokens live as long as Orange's: one expiry is enough to see.
  await post('lifetime', { ms: 3_600_000 })
  await step(`calls for ${firstLifetimeMs / 1000} s, until the token has expired`, async () => {
    const calls: Promise<Shop[]>[] = []
    const end = Date.now() + firstLifetimeMs
    while (Date.now() < end) {
      calls.push(findShops('75015'))
      // oxlint-disable-next-line no-await-in-loop -- a steady load, in real time
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return calls
  })

  await post('revoke')
  await step('50 calls at once, the token was revoked', async () =>
    Array.from({ length: 50 }, () => findShops('13001')),
  )
}
