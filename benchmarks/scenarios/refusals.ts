import { setTimeout as pause } from 'node:timers/promises'
import { callAtOnce, callAtRate, countFailures, machineNow } from '../measure/load.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Row, Scenario } from '../measure/result.ts'
import { findPeer, renewingPeers } from '../peers/all.ts'
import { startServers } from '../server/start-servers.ts'

const retryAfterSeconds = 5

type Input = { readonly name: string; readonly isQuick: boolean }

async function start(name: string) {
  const servers = await startServers()
  const client = await findPeer(name).create({ ...servers, clientId: 'app' })
  return { servers, client, url: `${servers.apiOrigin}/api/things` }
}

/** Calls an API steadily, while the token endpoint asks to wait. */
export async function measureLimit({ name, isQuick }: Input) {
  const { servers, client, url } = await start(name)
  const seconds = isQuick ? 1 : retryAfterSeconds
  await servers.set({ tokenEndpoint: 'limit', retryAfterSeconds: seconds })
  const startedAt = machineNow()
  const load = callAtRate(client, url, { perSecond: 20, seconds: seconds * 2 })
  await pause(startedAt + seconds * 1000 - machineNow())
  const { tokenRequests } = await servers.count()
  await servers.set({ tokenEndpoint: 'answer' })
  const outcomes = await load
  servers.stop()
  return { calls: outcomes.length, failures: countFailures(outcomes), tokenRequests }
}

/** Revokes the token while 200 calls are running. */
export async function measureRevocation({ name }: Input) {
  const { servers, client, url } = await start(name)
  await client(url)
  await servers.reset()
  await servers.set({ apiDelayMs: 500 })
  const load = callAtOnce(client, url, 200)
  await pause(250)
  await servers.revoke()
  const outcomes = await load
  const { tokenRequests } = await servers.count()
  servers.stop()
  return { failures: countFailures(outcomes), tokenRequests }
}

/** Calls an API that rejects each token. */
export async function measureRejection({ name, isQuick }: Input) {
  const { servers, client, url } = await start(name)
  await servers.set({ api: 'reject' })
  await callAtRate(client, url, { perSecond: 20, seconds: isQuick ? 1 : 5 })
  const { tokenRequests, calls } = await servers.count()
  servers.stop()
  return { tokenRequests, calls }
}

export const refusals: Scenario = {
  id: 'refusals',
  async run(isQuick) {
    const measured = await Promise.all(
      renewingPeers(isQuick).map(async ({ name }) => ({
        name,
        limit: await inOwnProcess(import.meta.url, measureLimit, { name, isQuick }),
        revocation: await inOwnProcess(import.meta.url, measureRevocation, { name, isQuick }),
        rejection: await inOwnProcess(import.meta.url, measureRejection, { name, isQuick }),
      })),
    )
    return {
      title: 'Servers that refuse',
      about: `The token endpoint answers 429 with \`Retry-After: ${retryAfterSeconds}\` for that time, during 20 calls a second. The API rejects a token that was revoked while 200 calls were running. The API rejects each token, during 100 calls in five seconds.`,
      tables: [
        {
          title: '429 with Retry-After',
          columns: [
            { name: 'client' },
            { name: 'calls' },
            { name: 'failed calls' },
            { name: 'token requests before the time was over' },
          ],
          rows: measured.map(({ name, limit }): Row => [name, limit.calls, limit.failures, limit.tokenRequests]),
        },
        {
          title: 'A token that is revoked under load',
          columns: [{ name: 'client' }, { name: 'failed calls of 200' }, { name: 'token requests' }],
          rows: measured.map(({ name, revocation }): Row => [name, revocation.failures, revocation.tokenRequests]),
        },
        {
          title: 'An API that rejects each token',
          columns: [{ name: 'client' }, { name: 'token requests' }, { name: 'requests to the API' }],
          rows: measured.map(({ name, rejection }): Row => [name, rejection.tokenRequests, rejection.calls]),
        },
      ],
    }
  },
}
