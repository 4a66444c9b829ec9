import { setTimeout as pause } from 'node:timers/promises'
import type { Answer, Client } from '../peers/peer.ts'

/** How a call ended. */
export type Outcome = {
  /** Status 200. */
  readonly isGood: boolean
  readonly tookMs: number
  /** When it ended, by `performance.now()` of the machine. */
  readonly endedAt: number
}

/** The clock of the machine, also where a scenario replaces `performance`. */
export const machineNow = () => Number(process.hrtime.bigint()) / 1_000_000

/** Reads the body of an answer that is not read yet, so that its connection can be used again. */
export async function readBody(answer: Answer): Promise<void> {
  if (answer instanceof Response && !answer.bodyUsed) await answer.arrayBuffer()
}

/** Makes one call. It does not throw. */
export async function call(client: Client, url: string): Promise<Outcome> {
  const startedAt = machineNow()
  let isGood = false
  try {
    const answer = await client(url)
    await readBody(answer)
    isGood = answer.status === 200
  } catch {
    // Peers throw errors of their own. How many calls failed is all that is measured.
  }
  const endedAt = machineNow()
  return { isGood, tookMs: endedAt - startedAt, endedAt }
}

/** Starts calls at a steady rate, and returns how they ended. */
export async function callAtRate(
  client: Client,
  url: string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Outcome[]> {
  const startedAt = machineNow()
  const calls: Promise<Outcome>[] = []
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const wait = startedAt + (index * 1000) / perSecond - machineNow()
    if (wait > 0) await pause(wait)
    calls.push(call(client, url))
  }
  return Promise.all(calls)
}

/** Makes calls that all start at the same time. */
export const callAtOnce = (client: Client, url: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => call(client, url)))

export const countFailures = (outcomes: readonly Outcome[]) => outcomes.filter(({ isGood }) => !isGood).length
