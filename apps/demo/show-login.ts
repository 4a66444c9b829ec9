import { bouygues, bouyguesLogin, bouyguesTokens, userLogin } from '@oauthkit/bouygues'
import { bearer, type Token } from '@oauthkit/core'
import { createEmulator, emulated, emulatedUrl, signIn } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import ky from 'ky'
import { describeUrl, transcribe } from './transcribe.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const redirectUri = 'https://app.example/callback'
const home = 'https://app.example/'

/**
 * Signs a user in, makes calls, lets the token expire, and signs the user out. Prints each request and response.
 *
 * @returns whether all of that succeeded.
 */
export async function showLogin(): Promise<boolean> {
  const emulator = createEmulator()
  emulator.bouygues.redirectUris.set(credentials.clientId, [redirectUri])
  emulator.bouygues.postLogoutRedirectUris.set(credentials.clientId, [home])
  emulator.bouygues.refreshTokens = true
  const server = await serve(emulator)
  try {
    console.log(`
A user signs in at Bouygues Telecom. Each request and its response are printed here, without secrets.
The emulator issues refresh tokens here. The documentation of Bouygues Telecom does not mention any.`)
    const fetch = transcribe(server.url)
    const client = { ...credentials, provider: emulated(bouygues, server.url), fetch }
    const login = bouyguesLogin({ ...client, redirectUri })

    console.log('\nlogin.start(): the app redirects the browser to')
    const { url, transaction } = await login.start()
    console.log(`  ${describeUrl(url, server.url)}`)
    console.log('\nThe user signs in there. The provider redirects the browser to')
    const callbackUrl = await signIn(url)
    console.log(`  ${describeUrl(callbackUrl, server.url)}`)

    console.log('\nlogin.finish(callbackUrl, transaction)')
    const { token, claims } = await login.finish(callbackUrl, transaction)
    console.log('\nlogin.userInfo(token)')
    const info = await login.userInfo(token)

    console.log('\ntokens.setToken(token), then a call for this user')
    const tokens = bouyguesTokens({
      ...client,
      grant: userLogin(),
      store: new Map<string, Token>(),
      key: claims.sub,
    })
    await tokens.setToken(token)
    const api = ky.create({ fetch, retry: 0 }).extend(bearer(tokens))
    const consumption = emulatedUrl(
      'https://api.bouyguestelecom.fr/customer-management/v1/usage-consumptions/mobile-data',
      server.url,
    )
    await api.get(consumption)

    console.log('\nAn hour later: the API rejects the token, the token is refreshed, and the call is sent again')
    emulator.clock.advance(3_600_000)
    const { status } = await api.get(consumption)

    console.log('\nThe user signs out: tokens.clear(), login.revoke(token), and the app redirects the browser to')
    const last = await tokens.clear()
    if (last) await login.revoke(last)
    const goodbye = await login.endSessionUrl({ token: last, postLogoutRedirectUri: home })
    console.log(`  ${describeUrl(goodbye, server.url)}`)
    const isGood = status === 200 && info.sub === claims.sub
    console.log(
      isGood ? '\nThe code of this: apps/demo/show-login.ts' : '\nThis failed: the last call, or the user info.',
    )
    return isGood
  } finally {
    await server.close()
  }
}
