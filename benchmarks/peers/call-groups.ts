import { bearer, bearerFetch, tokensBy, type TokenSource } from '@oauthkit/core'
import ky from 'ky'
import { peers } from './all.ts'
import { bases, sendByFetch, sendByKy } from './bases.ts'
import { createSource } from './oauthkit.ts'
import { network, type Base, type Client } from './peer.ts'
import type { Addresses } from '../server/behaviour.ts'

/** As many exceptions as Orange has. */
const exceptions = ['oauth', 'openid', 'play/openid', 'es/openapi', 'oes', 'play/api', 'a/fr', 'b/fr', 'c/fr']

/** A client, and the name of the client that it is compared with. */
export type Compared = readonly [name: string, client: Client, base: string]

/** Creates all clients, with a valid token each: those of the peers, and the ways to use oauthkit. */
export async function createCallGroups(servers: Addresses): Promise<Record<'peers' | 'own', readonly Compared[]>> {
  const setting = { ...servers, clientId: 'app' }
  const createOwn = async (options?: Parameters<typeof createSource>[1]) => {
    const source = createSource(setting, options)
    await source.getToken()
    return source
  }
  const one = await createOwn()
  const withExceptions = await createOwn({
    exceptApis: exceptions.map((path) => `${servers.apiOrigin}/api/${path}`),
  })
  const withStore = await createOwn({ store: new Map() })
  const withEvents = await createOwn({ onEvent: () => {} })
  const tenants = tokensBy(() => one)
  const custom = ky.create({ fetch: network })
  const authorization = one.peek() ?? ''

  const ofPeers = await Promise.all(
    peers.map(async ({ name, base, create }): Promise<[string, Client, string]> => [name, await create(setting), base]),
  )
  // A first call each, which gets the token.
  for (const [, client] of ofPeers) await client(`${servers.apiOrigin}/api/things`)

  const ofKy = (source: TokenSource | (() => TokenSource), base = ky.create({})): Client =>
    sendByKy(base.extend(bearer(source)))
  const baseClients = (names: readonly Base[]) =>
    names.map((name): [string, Client, string] => [name, bases[name](servers.apiOrigin), name])
  return {
    peers: [...baseClients(Object.keys(bases) as Base[]), ['ky again', bases.ky(servers.apiOrigin), 'ky'], ...ofPeers],
    own: [
      ...baseClients(['ky', 'fetch']),
      ['one prefix', ofKy(one), 'ky'],
      ['nine exceptions, as Orange has', ofKy(withExceptions), 'ky'],
      ['with onEvent', ofKy(withEvents), 'ky'],
      ['with a Map as the store', ofKy(withStore), 'ky'],
      ['by tokensBy', ofKy(() => tenants('a')), 'ky'],
      ['ky with a custom fetch', sendByKy(custom), 'ky with a custom fetch'],
      [
        'static header hook, custom fetch',
        sendByKy(
          custom.extend({
            hooks: { beforeRequest: [({ request }) => request.headers.set('authorization', authorization)] },
          }),
        ),
        'ky with a custom fetch',
      ],
      ['one prefix, custom fetch', ofKy(one, custom), 'ky with a custom fetch'],
      ['nine exceptions, custom fetch', ofKy(withExceptions, custom), 'ky with a custom fetch'],
      ["bearerFetch as ky's fetch", sendByKy(ky.create({ fetch: bearerFetch(one) })), 'ky with a custom fetch'],
      [
        "bearerFetch as ky's fetch, nine exceptions",
        sendByKy(ky.create({ fetch: bearerFetch(withExceptions) })),
        'ky with a custom fetch',
      ],
      ['bearerFetch over bare fetch', sendByFetch(bearerFetch(one)), 'fetch'],
      ['bearerFetch over bare fetch, nine exceptions', sendByFetch(bearerFetch(withExceptions)), 'fetch'],
    ],
  }
}
