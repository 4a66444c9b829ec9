import { bouygues, bouyguesLogin } from '@oauthkit/bouygues'
import type { Token } from '@oauthkit/core'
import { emulated, signIn, type Emulator } from '@oauthkit/emulator'

/** Signs the emulated user in over HTTP, and returns the tokens. */
export async function signInOnce(emulator: Emulator, url: string): Promise<Token> {
  const redirectUri = 'https://app.example/callback'
  emulator.bouygues.redirectUris.set('emulated-client', [redirectUri])
  const login = bouyguesLogin({
    provider: emulated(bouygues, url),
    clientId: 'emulated-client',
    clientSecret: 'emulated-secret',
    redirectUri,
  })
  const { url: authorizationUrl, transaction } = await login.start()
  const { token } = await login.finish(await signIn(authorizationUrl), transaction)
  return token
}
