import { orange, orangeTokens } from '@oauthkit/orange'

/**
 * Requests a token from Orange itself. Prints its length and its lifetime, but not the token.
 *
 * @throws `TypeError` if the environment has no credentials; `OAuthError` if Orange issues no token.
 */
export async function getLiveToken(): Promise<void> {
  const tokens = orangeTokens()
  console.log(
    `This requests a real token from ${orange.tokenEndpoint}, with ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET.`,
  )
  const { accessToken, expiresAt = 0 } = await tokens.getToken()
  const minutes = Math.round((expiresAt - Date.now()) / 60_000)
  console.log(`Orange issued a token of ${accessToken.length} characters. It expires in ${minutes} minutes.`)
}
