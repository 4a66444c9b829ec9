import { orange, orangeTokens } from '@oauthkit/orange'

/**
 * Asks Orange's own token endpoint for a token, and says what came back, but not the token.
 *
 * @throws `TypeError` without credentials in the environment; `OAuthError` if there is no token to be had.
 */
export async function getLiveToken(): Promise<void> {
  const tokens = orangeTokens()
  console.log(
    `This is live: it asks ${orange.tokenEndpoint} for a token, with ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET.`,
  )
  const { accessToken, expiresAt = 0 } = await tokens.getToken()
  const minutes = Math.round((expiresAt - Date.now()) / 60_000)
  console.log(`Orange granted a token of ${accessToken.length} characters that lives for ${minutes} minutes.`)
}
