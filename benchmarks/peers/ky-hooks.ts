import ky from 'ky'
import { sendByKy } from './bases.ts'
import { keepToken, requestToken } from './keep-token.ts'
import type { Peer } from './peer.ts'

/** A token that never ends: what a call costs at least. */
export const staticHook: Peer = {
  name: 'ky, static header hook',
  base: 'ky',
  packages: ['ky'],
  byHand: 'the token never changes: the least that a hook can do',
  create: async (setting) => {
    const { accessToken } = await requestToken(setting)
    const setHeader = ({ request }: { request: Request }) =>
      request.headers.set('authorization', `Bearer ${accessToken}`)
    return sendByKy(ky.create({ hooks: { beforeRequest: [setHeader] } }))
  },
}

/** The recipes "add authentication headers" and "retry with a fresh token on a 401" of ky's README. */
export const kyRecipe: Peer = {
  name: "ky, its README's recipe",
  base: 'ky',
  packages: ['ky'],
  byHand: 'all of it',
  create: (setting) => {
    const token = keepToken(() => requestToken(setting))
    return sendByKy(
      ky.create({
        hooks: {
          beforeRequest: [
            async ({ request }) => {
              request.headers.set('authorization', `Bearer ${await token.get()}`)
            },
          ],
          afterResponse: [
            async ({ request, response, retryCount }) => {
              if (response.status !== 401 || retryCount > 0) return response
              const headers = new Headers(request.headers)
              headers.set('authorization', `Bearer ${await token.renew()}`)
              return ky.retry({ request: new Request(request, { headers }), code: 'TOKEN_REFRESHED' })
            },
          ],
        },
      }),
    )
  },
}
