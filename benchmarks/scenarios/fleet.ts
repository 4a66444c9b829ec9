import { createClient } from 'redis'
import { redisStore } from '@oauthkit/redis'
import { bearer } from '@oauthkit/core'
import ky from 'ky'
import { startRedis } from '../../config/start-redis.ts'
import { figureOf } from '../measure/figure.ts'
import { callAtRate, countFailures, type Outcome } from '../measure/load.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Cell, Row, Scenario } from '../measure/result.ts'
import { sendByKy } from '../peers/bases.ts'
import { createSource } from '../peers/oauthkit.ts'
import type { Addresses } from '../server/behaviour.ts'
import { startServers } from '../server/start-servers.ts'

type Input = Addresses & {
  readonly redisUrl: string | undefined
  readonly seconds: number
  /** After which time this process ends, as if it were killed. */
  readonly diesAfterMs?: number
}

/** One process of the fleet: it calls the API ten times a second. */
export async function runMember({ redisUrl, seconds, diesAfterMs, ...addresses }: Input): Promise<Outcome[]> {
  const client = redisUrl === undefined ? undefined : await createClient({ url: redisUrl }).connect()
  const store = client && redisStore(client)
  const source = createSource({ ...addresses, clientId: 'app' }, store ? { store } : {})
  if (diesAfterMs !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), diesAfterMs)
  const api = sendByKy(ky.create({ timeout: 30_000 }).extend(bearer(source)))
  const outcomes = await callAtRate(api, `${addresses.apiOrigin}/api/things`, { perSecond: 10, seconds })
  client?.destroy()
  return outcomes
}

const size = 8

type Fleet = { readonly hasStore: boolean; readonly isKilled: boolean; readonly isQuick: boolean }

async function runFleet({ hasStore, isKilled, isQuick }: Fleet): Promise<Cell[]> {
  const redis = await startRedis()
  const servers = await startServers()
  try {
    const { tokenOrigin, apiOrigin } = servers
    const redisUrl = hasStore ? redis.url : undefined
    const input: Input = { tokenOrigin, apiOrigin, redisUrl, seconds: isQuick ? 1 : 8 }
    // The first process asks for the token, and ends while it waits for the answer.
    await servers.set({ tokenDelayMs: isKilled ? 2000 : 200 })
    const killed = isKilled
      ? inOwnProcess(import.meta.url, runMember, { ...input, diesAfterMs: 1500 }).catch(() => [])
      : undefined
    if (killed) await waitUntil(async () => (await servers.count()).tokenRequests === 1)
    const running = Array.from({ length: size }, () => inOwnProcess(import.meta.url, runMember, input))
    if (killed) {
      await killed
      await servers.set({ tokenDelayMs: 200 })
    }
    const outcomes = (await Promise.all(running)).flat()
    const { tokenRequests } = await servers.count()
    const took = outcomes.map(({ tookMs }) => tookMs)
    const commands = redisUrl === undefined ? undefined : await countCommands(redisUrl)
    return [tokenRequests, countFailures(outcomes), figureOf(took).median, Math.max(...took) / 1000, commands]
  } finally {
    servers.stop()
    await redis.stop()
  }
}

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Counts the commands that Redis ran for the fleet, without those of connecting. */
async function countCommands(url: string): Promise<number> {
  const client = await createClient({ url }).connect()
  const text = await client.info('commandstats')
  client.destroy()
  const counts = [...text.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)]
  return counts
    .filter(([, name]) => !/^(hello|client|info|ping)/.test(name ?? ''))
    .reduce((sum, [, , calls]) => sum + Number(calls), 0)
}

export const fleet: Scenario = {
  id: 'fleet',
  async run(isQuick) {
    const fleets: readonly (readonly [string, Fleet])[] = [
      ['oauthkit, each process with its own token', { hasStore: false, isKilled: false, isQuick }],
      ['oauthkit, one token in Redis', { hasStore: true, isKilled: false, isQuick }],
      ['the same, and the process that gets the token is killed', { hasStore: true, isKilled: true, isQuick }],
    ]
    const rows: Row[] = []
    for (const [name, options] of fleets) rows.push([name, ...(await runFleet(options))])
    return {
      title: 'Eight processes and one Redis',
      about:
        'Eight processes start at the same time, and each makes ten calls a second for eight seconds. A token request takes 200 ms. In the third row, a ninth process was the first to request the token. It was killed while it waited for the answer, which would have taken two seconds. No other library here has a way to share a token between processes: by default, each process of theirs requests its own.',
      tables: [
        {
          title: 'Fleet',
          columns: [
            { name: 'fleet' },
            { name: 'token requests' },
            { name: 'failed calls' },
            { name: 'half of the calls took at most', unit: 'ms', digits: 1 },
            { name: 'longest call', unit: 's', digits: 2 },
            { name: 'commands of Redis' },
          ],
          rows,
        },
      ],
    }
  },
}
