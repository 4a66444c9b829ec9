import { callAtRate, countFailures, type Outcome } from '../measure/load.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Row, Scenario } from '../measure/result.ts'
import { shiftClocks } from '../measure/shifted-clock.ts'
import { findPeer, renewingPeers } from '../peers/all.ts'
import { startServers } from '../server/start-servers.ts'

const lifetime = 3600
const tokenDelayMs = 300

/** When calls are made, in seconds before the end of the first token: where libraries begin to renew it. */
const moments = [600, 290, 110, 55, 25]

/** Calls an API steadily, across the end of the first token. */
export async function measure({ name, isQuick }: { readonly name: string; readonly isQuick: boolean }) {
  const servers = await startServers()
  const clock = shiftClocks(servers)
  const client = await findPeer(name).create({ ...servers, clientId: 'app' })
  const url = `${servers.apiOrigin}/api/things`
  const start = Date.now()
  await client(url)
  await servers.reset()
  await servers.set({ tokenDelayMs })
  const outcomes: Outcome[] = []
  const callFor = async (seconds: number) => {
    outcomes.push(...(await callAtRate(client, url, { perSecond: isQuick ? 20 : 200, seconds })))
  }
  for (const secondsLeft of isQuick ? [55] : moments) {
    await clock.advance(start + (lifetime - secondsLeft) * 1000 - Date.now())
    await callFor(1)
  }
  await clock.advance(start + (lifetime - (isQuick ? 0.5 : 2)) * 1000 - Date.now())
  await callFor(isQuick ? 1 : 4)
  const { tokenRequests, rejected } = await servers.count()
  clock.end()
  servers.stop()
  return {
    calls: outcomes.length,
    failures: countFailures(outcomes),
    rejected,
    slow: outcomes.filter(({ tookMs }) => tookMs > tokenDelayMs / 2).length,
    tokenRequests,
  }
}

export const expiry: Scenario = {
  id: 'expiry',
  async run(isQuick) {
    const rows: Row[] = []
    for (const { name } of renewingPeers(isQuick)) {
      const { calls, failures, rejected, slow, tokenRequests } = await inOwnProcess(import.meta.url, measure, {
        name,
        isQuick,
      })
      rows.push([name, calls, failures, rejected, slow, tokenRequests])
    }
    return {
      title: 'Across the end of a token',
      about: `200 calls a second, while the first token, of one hour, reaches its end. The clocks of the client's process and of the servers jump to the moments at which libraries begin to renew: ${moments.join(', ')} seconds before the end. The last two seconds pass by themselves. A token request takes ${tokenDelayMs} ms. A call is slow if it takes more than half of that.`,
      tables: [
        {
          title: 'Calls across the end of a token',
          columns: [
            { name: 'client' },
            { name: 'calls' },
            { name: 'failed calls' },
            { name: 'answers with status 401' },
            { name: 'slow calls' },
            { name: 'token requests' },
          ],
          rows,
          plot: 'slow calls',
        },
      ],
    }
  },
}
