import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi, type TestContext } from 'vitest'
import { findPort, startRedis, startSentinel } from '../../../../config/start-redis.ts'
import { connectAdmin } from '../connect-admin.ts'
import { afterRedemption } from './after-redemption.ts'
import { expectCounts } from './expect-counts.ts'
import { findEntry } from './find-entry.ts'
import { makeCertificate } from './make-certificate.ts'
import { record } from './record.ts'
import { startCluster } from './start-cluster.ts'
import { lifetimeMs } from './start-fleet.ts'
import { app, chosen, isLong, startWarm, timeout, user } from './warm-fleet.ts'

/** A busy machine can be slow: only the limit of the test decides. */
const patient = { timeout }

const all = ['redis', 'ioredis'] as const
const names = chosen(all, (name) => name === 'redis')
/** The names, in a run of all cases. */
const namesIfLong = isLong ? all : []

describe.concurrent('Redis', { timeout }, () => {
  /** A server that cannot reach its primary accepts no writes. */
  const becomeReplica = ['REPLICAOF', '127.0.0.1', '1']
  const becomePrimary = ['REPLICAOF', 'NO', 'ONE']

  test.for(namesIfLong)(
    'is a read-only replica: each process gets its own token, later they share one, with %s',
    async (name, context) => {
      const fleet = await startWarm(context, { ...app, client: { name } })
      const admin = await connectAdmin(fleet.redis())
      const row = 'Redis is a read-only replica for a while: each process gets its own token, later they share one'
      await record(
        context,
        fleet,
        async () => {
          await admin.sendCommand(becomeReplica)
          fleet.advance(lifetimeMs)
          await fleet.call()
          await admin.sendCommand(becomePrimary)
          fleet.advance(lifetimeMs)
          await fleet.call()
        },
        row,
      )
      expectCounts(fleet, { 200: 60 }, 3 + 1, app)
    },
  )

  test.for(names)(
    'is a read-only replica: calls with an expired user token fail until it is a primary again, with %s',
    async (name, context) => {
      const fleet = await startWarm(context, { ...user, client: { name } })
      const admin = await connectAdmin(fleet.redis())
      const row =
        'Redis is a read-only replica for a while: calls with an expired user token fail until then, and users stay signed in'
      await record(
        context,
        fleet,
        async () => {
          await admin.sendCommand(becomeReplica)
          fleet.advance(lifetimeMs)
          await fleet.call()
          await admin.sendCommand(becomePrimary)
          fleet.advance(1000)
          await fleet.call()
        },
        row,
      )
      expect(fleet.counts()).toEqual({ outcomes: { TOKEN_UNAVAILABLE: 30, 200: 30 }, rejected: 0, tokenRequests: 1 })
    },
  )

  const evictions = [
    ["evicts its entries: one process gets the application's token again", app, { 200: 60 }],
    ['evicts its entries: users must sign in when their tokens expire', user, { 200: 30, TOKEN_MISSING: 30 }],
  ] as const

  test.for(chosen(evictions, ([, owner]) => owner === user))('%s', async ([, owner, outcomes], context) => {
    const fleet = await startWarm(context, { ...owner })
    const { admin, key } = await findEntry(fleet)
    await record(context, fleet, async () => {
      await admin.configSet({ 'maxmemory-policy': 'allkeys-random', maxmemory: '1' })
      await admin.set('another', '').catch(() => {})
      expect(await admin.exists(key)).toBe(0)
      await admin.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '0' })
      await fleet.call()
      fleet.advance(lifetimeMs)
      await fleet.call()
    })
    expect(fleet.counts().outcomes).toEqual(outcomes)
  })

  test.for(names)('speaks TLS: users stay signed in, with %s', async (name, context) => {
    const folder = mkdtempSync(join(tmpdir(), 'oauthkit-tls-'))
    context.onTestFinished(() => rmSync(folder, { recursive: true }))
    const { certificate, key } = makeCertificate()
    const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
    writeFileSync(certificateFile, certificate)
    writeFileSync(keyFile, key)
    const port = await findPort()
    const files = ['--tls-cert-file', certificateFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certificateFile]
    const redisSettings = ['--tls-port', String(port), '--tls-auth-clients', 'no', ...files]
    const client = { name, ca: certificate }
    const fleet = await startWarm(context, { ...user, redisSettings, client, front: async () => ({ port }) })
    const row =
      'Redis speaks TLS, and a process loses it for a moment after it redeemed a refresh token: users stay signed in'
    await record(
      context,
      fleet,
      async () => {
        const { toRedis } = fleet.holder
        await afterRedemption(fleet, async () => {
          await toRedis.set('broken')
          await toRedis.set('open')
        })
      },
      row,
    )
    expect(fleet.counts()).toEqual({ outcomes: { 200: 60 }, rejected: 0, tokenRequests: 2 })
  })
})

describe.concurrent('Sentinel', { timeout }, () => {
  /** Starts a fleet over a primary, a replica and a Sentinel. */
  async function startReplicated(context: TestContext, options: Parameters<typeof startWarm>[1]) {
    let replica: Awaited<ReturnType<typeof startRedis>> | undefined
    const front = async (primary: number) => {
      replica = await startRedis(undefined, ['--replicaof', '127.0.0.1', String(primary)])
      context.onTestFinished(replica.stop)
      const sentinel = await startSentinel(primary, 1000)
      context.onTestFinished(sentinel.stop)
      const admin = await connectAdmin(sentinel)
      const replicas = () => admin.sendCommand<unknown[]>(['SENTINEL', 'REPLICAS', 'primary'])
      await vi.waitUntil(async () => (await replicas()).length === 1, patient)
      return sentinel
    }
    const fleet = await startWarm(context, { ...options, front })
    const primary = await connectAdmin(fleet.redis())
    const other = await connectAdmin(replica!)
    /** Kills the primary after the replica has its data, and waits until the replica has taken its place. */
    const failOver = async () => {
      await primary.sendCommand(['WAIT', '1', '0'])
      await fleet.redis().stop()
      // Sentinel ends the connections of a server that changes its role.
      const role = () => other.sendCommand<unknown[]>(['ROLE']).catch(() => [])
      await vi.waitUntil(async () => (await role())[0] === 'master', patient)
      await Promise.all(fleet.instances.map(({ ask }) => ask({ type: 'reconnect' })))
    }
    return { fleet, failOver }
  }

  test.for(namesIfLong)(
    'makes a replica the primary: processes continue to share a token, with %s',
    async (name, context) => {
      const { fleet, failOver } = await startReplicated(context, { ...app, client: { name, mode: 'sentinel' } })
      const row = 'Sentinel makes a replica the primary: processes share the next token of the application there'
      await record(
        context,
        fleet,
        async () => {
          await failOver()
          fleet.advance(lifetimeMs)
          await fleet.call()
        },
        row,
      )
      expectCounts(fleet, { 200: 30 }, 1, app)
    },
  )

  test.for(names)(
    'makes a replica the primary after a refresh token was redeemed: users stay signed in, with %s',
    async (name, context) => {
      const { fleet, failOver } = await startReplicated(context, { ...user, client: { name, mode: 'sentinel' } })
      const row =
        'Sentinel makes a replica the primary after a refresh token was redeemed, before the new one is saved: users stay signed in'
      await record(context, fleet, () => afterRedemption(fleet, failOver), row)
      expect(fleet.counts()).toEqual({ outcomes: { 200: 60 }, rejected: 0, tokenRequests: 2 })
    },
  )
})

describe.concurrent('a Redis Cluster', { timeout }, () => {
  test.for(names)(
    'moves the entry and the lock to another server: users stay signed in, with %s',
    async (name, context) => {
      const cluster = startCluster(context)
      const client = { name, mode: 'cluster' } as const
      const fleet = await startWarm(context, {
        ...user,
        client,
        redisSettings: cluster.settings,
        front: cluster.join,
      })
      const { key, lock } = await findEntry(fleet)
      const row =
        'a Redis Cluster moves the entry and the lock to another server after a refresh token was redeemed: users stay signed in'
      const move = async () => {
        await cluster.move(lock)
        await cluster.move(key)
      }
      await record(context, fleet, () => afterRedemption(fleet, move), row)
      expect(fleet.counts()).toEqual({ outcomes: { 200: 60 }, rejected: 0, tokenRequests: 2 })
    },
  )
})
