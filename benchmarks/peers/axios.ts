import { createAuthRefresh } from 'axios-auth-refresh'
import { createAxios, sendByAxios } from './bases.ts'
import { keepToken, requestToken } from './keep-token.ts'
import type { Peer, Setting } from './peer.ts'

/** An axios client with an interceptor that attaches a token, as users write it. */
function createClient(setting: Setting) {
  const token = keepToken(() => requestToken(setting))
  const api = createAxios()
  api.interceptors.request.use(async (config) => {
    config.headers.set('Authorization', `Bearer ${await token.get()}`)
    return config
  })
  return { api, token }
}

export const axiosInterceptor: Peer = {
  name: 'axios, token interceptor',
  base: 'axios',
  packages: ['axios'],
  byHand: 'all of it',
  create: (setting) => sendByAxios(createClient(setting).api),
}

export const axiosAuthRefresh: Peer = {
  name: 'axios-auth-refresh',
  base: 'axios',
  packages: ['axios', 'axios-auth-refresh'],
  imports: "export { createAuthRefresh } from 'axios-auth-refresh'",
  byHand: 'keeping and attaching the token',
  create: (setting) => {
    const { api, token } = createClient(setting)
    // Its types are those of axios for `require`.
    createAuthRefresh(api as never, token.renew)
    return sendByAxios(api)
  },
}
