import { bouyguesLogin, bouyguesTokens, userLogin } from '@oauthkit/bouygues'
import { tokensBy, type Token } from '@oauthkit/core'
import { digitaleoAuth } from '@oauthkit/digitaleo'
import { createLoginHandler } from '@oauthkit/login/handler'
import { orangeAuth } from '@oauthkit/orange'
import ky from 'ky'

// The credentials come from the environment: ORANGE_CLIENT_ID, ORANGE_CLIENT_SECRET, and so on.
const { PUBLIC_URL = 'http://127.0.0.1:3000', SESSION_SECRET = '' } = process.env

/** Each call has 5 seconds, because a user waits for the page. */
const base = ky.create({ timeout: 5000, retry: 1 })

export const orange = base.extend({ prefix: 'https://api.orange.com' }).extend(orangeAuth())
export const digitaleo = base.extend({ prefix: 'https://api.messengeo.net' }).extend(digitaleoAuth())

/** The tokens of the users. With several processes, or to keep logins over a restart, use a store such as `redisStore`. */
const store = new Map<string, Token>()
export const tokensOf = tokensBy((user) => bouyguesTokens({ grant: userLogin(), store, key: user }))

/** The routes /login, /callback and /logout, and who is signed in. */
export const auth = createLoginHandler({
  login: bouyguesLogin({ redirectUri: `${PUBLIC_URL}/callback` }),
  tokensOf,
  secret: SESSION_SECRET,
  ky: base.extend({ prefix: 'https://api.bouyguestelecom.fr' }),
  toUser: async ({ claims, token, login }) => ({ id: claims.sub, name: (await login.userInfo(token)).name ?? 'you' }),
})
