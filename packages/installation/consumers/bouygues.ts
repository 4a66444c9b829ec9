/** A project that calls Bouygues Telecom's APIs, for itself and for users. */
import {
  appCertificate,
  bouyguesAp4,
  bouyguesAuth,
  bouyguesLogin,
  bouyguesTokens,
  userLogin,
  type BouyguesUserInfo,
} from '@oauthkit/bouygues'
import ky from 'ky'

export const api = ky
  .extend(bouyguesAuth({ provider: bouyguesAp4 }))
  .extend(bouyguesAuth({ grant: appCertificate({ clientId: 'me', privateKey: 'PEM' }), apis: ['https://a.example'] }))

const login = bouyguesLogin({ redirectUri: 'https://app.example/callback' })

export async function signIn(callbackUrl: string): Promise<BouyguesUserInfo> {
  const { transaction } = await login.start()
  const { token, claims } = await login.finish(callbackUrl, transaction)
  await bouyguesTokens({ grant: userLogin(), key: claims.sub, store: new Map() }).setToken(token)
  return login.userInfo(token)
}

// @ts-expect-error -- a login needs a redirect URI
bouyguesLogin({ clientId: 'me' })
// @ts-expect-error -- a key is not a number
appCertificate({ privateKey: 42 })
