import { expect, test } from 'vitest'
import { call, countFailures } from '../measure/load.ts'
import { findPeer, peers } from '../peers/all.ts'
import { startServers } from '../server/start-servers.ts'

test.each(peers.map(({ name }) => name))(
  '%s sends each call with a token that the API accepts, after one token request',
  async (name) => {
    const servers = await startServers()
    try {
      const client = await findPeer(name).create({ ...servers, clientId: 'app' })
      const url = `${servers.apiOrigin}/api/things`
      const outcomes = [await call(client, url), await call(client, url)]
      expect(countFailures(outcomes)).toBe(0)
      expect((await client(url, 'POST', '{"a":1}')).status).toBe(200)
      expect(await servers.count()).toEqual({ tokenRequests: 1, calls: 3, rejected: 0 })
    } finally {
      servers.stop()
    }
  },
)
