/** Calls Bouygues Telecom's APIs with a secret and with a signed assertion, and starts to sign a user in. */
import process from 'node:process'
import {
  appCertificate,
  bouygues,
  bouyguesAp4,
  bouyguesAuth,
  bouyguesEntreprisesRealm,
  bouyguesLogin,
} from '@oauthkit/bouygues'
import ky from 'ky'

const { API = '', BOUYGUES = '{}', BOUYGUES_AP4 = '{}', BOUYGUES_REALM = '{}' } = process.env

const bySecret = bouyguesAuth({ provider: { ...bouygues, ...JSON.parse(BOUYGUES) } })

const byCertificate = bouyguesAuth({
  provider: { ...bouyguesEntreprisesRealm, ...JSON.parse(BOUYGUES_REALM) },
  grant: appCertificate(),
})

for (const auth of [bySecret, byCertificate]) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure is easy to locate
  const response = await ky.extend(auth).get(API)
  console.log(response.status)
}

const login = bouyguesLogin({
  provider: { ...bouyguesAp4, ...JSON.parse(BOUYGUES_AP4) },
  redirectUri: 'https://app.example/callback',
})
const { url } = await login.start()
console.log(new URL(url).searchParams.get('code_challenge_method'))
