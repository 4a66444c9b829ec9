import { setTimeout as pause } from 'node:timers/promises'
import { figureOf } from '../measure/figure.ts'
import { callAtOnce, callAtRate, countFailures, machineNow } from '../measure/load.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Cell, Row, Scenario, Table } from '../measure/result.ts'
import { shiftClocks } from '../measure/shifted-clock.ts'
import { findPeer, renewingPeers } from '../peers/all.ts'
import type { Behaviour } from '../server/behaviour.ts'
import { startServers } from '../server/start-servers.ts'

type Mode = 'error' | 'hang' | 'refuse'
type Input = { readonly name: string; readonly mode: Mode; readonly isAlive: boolean; readonly isQuick: boolean }

/** Calls an API steadily, while the token endpoint fails for some time and then recovers. */
export async function measureOutage({ name, mode, isAlive, isQuick }: Input) {
  const servers = await startServers()
  const clock = shiftClocks(servers)
  const client = await findPeer(name).create({ ...servers, clientId: 'app' })
  const url = `${servers.apiOrigin}/api/things`
  await client(url)
  // 45 seconds before the end, all of them try to renew.
  await clock.advance(3_600_000 + (isAlive ? -45_000 : 1000))
  await servers.reset()
  await servers.set({ tokenEndpoint: mode })
  const outageSeconds = isQuick ? 1 : 30
  const startedAt = machineNow()
  const load = callAtRate(client, url, { perSecond: isQuick ? 5 : 20, seconds: outageSeconds + (isQuick ? 1 : 10) })
  await pause(startedAt + outageSeconds * 1000 - machineNow())
  const { tokenRequests } = await servers.count()
  await servers.set({ tokenEndpoint: 'answer' })
  const recoveredAt = machineNow()
  const outcomes = await load
  clock.end()
  servers.stop()
  const failed = outcomes.filter(({ isGood }) => !isGood)
  const firstGood = Math.min(
    ...outcomes.filter(({ isGood, endedAt }) => isGood && endedAt > recoveredAt).map(({ endedAt }) => endedAt),
  )
  return {
    calls: outcomes.length,
    failures: failed.length,
    failedAfterMs: figureOf(failed.map(({ tookMs }) => tookMs)).median,
    // A refused connection reaches no server that could count it.
    tokenRequests: mode === 'refuse' ? undefined : tokenRequests,
    backWithinSeconds: (firstGood - recoveredAt) / 1000,
  }
}

/** Makes ten calls at once without a token, while the first token request fails. */
export async function measureHiccup({
  name,
  failWith,
}: {
  readonly name: string
  readonly failWith: Behaviour['failWith']
}) {
  const servers = await startServers()
  await servers.set({ failFirst: 1, failWith })
  const client = await findPeer(name).create({ ...servers, clientId: 'app' })
  const failures = countFailures(await callAtOnce(client, `${servers.apiOrigin}/api/things`, 10))
  servers.stop()
  return failures
}

const modes: readonly { readonly mode: Mode; readonly does: string }[] = [
  { mode: 'error', does: 'answers 500' },
  { mode: 'hang', does: 'does not answer' },
  { mode: 'refuse', does: 'refuses connections' },
]

/** Peers run at the same time: their few calls do not disturb each other. */
const ofEachPeer = (isQuick: boolean, measure: (name: string) => Promise<Cell[]>) =>
  Promise.all(renewingPeers(isQuick).map(async ({ name }): Promise<Row> => [name, ...(await measure(name))]))

export const outage: Scenario = {
  id: 'outage',
  async run(isQuick) {
    const tables: Table[] = []
    for (const isAlive of [true, false]) {
      for (const { mode, does } of isQuick ? modes.slice(0, 1) : modes) {
        const rows = await ofEachPeer(isQuick, async (name) => {
          const result = await inOwnProcess(import.meta.url, measureOutage, { name, mode, isAlive, isQuick })
          const { calls, failures, failedAfterMs, tokenRequests, backWithinSeconds } = result
          return [calls, failures, failures > 0 ? failedAfterMs : undefined, tokenRequests, backWithinSeconds]
        })
        tables.push({
          title: `The token endpoint ${does}, and the token ${isAlive ? 'is valid for 45 seconds' : 'has expired'}`,
          columns: [
            { name: 'client' },
            { name: 'calls' },
            { name: 'failed calls' },
            { name: 'a failed call takes', unit: 'ms', digits: 1 },
            { name: 'token requests' },
            { name: 'back within', unit: 's', digits: 2 },
          ],
          rows,
          plot: 'failed calls',
        })
      }
    }
    const hiccups = await ofEachPeer(isQuick, async (name) => [
      await inOwnProcess(import.meta.url, measureHiccup, { name, failWith: 503 }),
      await inOwnProcess(import.meta.url, measureHiccup, { name, failWith: 'reset' }),
    ])
    tables.push({
      title: 'The first token request fails',
      columns: [
        { name: 'client' },
        { name: 'failed calls of 10, after a 503' },
        { name: 'failed calls of 10, after a reset' },
      ],
      rows: hiccups,
    })
    return {
      title: 'A token endpoint that fails',
      about:
        '20 calls a second. The token endpoint fails for 30 seconds, and then works for 10. Token requests are those of the outage. "A failed call takes": the median of all failed calls. "Back within": how long after the outage the first call succeeded. In the last table, ten calls start at once without a token, and only the first token request fails.',
      tables,
    }
  },
}
