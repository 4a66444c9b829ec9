/** A project that calls Orange's APIs. */
import { isOAuthError, orange, orangeAuth, orangePlayground, orangeTokens, type OrangeOptions } from '@oauthkit/orange'
import ky from 'ky'

const options: OrangeOptions = { clientId: 'me', clientSecret: () => 'secret', store: new Map() }

export const api = ky.extend(orangeAuth()).extend(orangeAuth({ ...options, provider: orangePlayground }))
export const sandbox = orangeAuth({ provider: { ...orange, apis: ['https://sandbox.example'] } })

export async function accessToken(): Promise<string | undefined> {
  try {
    const { accessToken: token } = await orangeTokens(options).getToken({ signal: AbortSignal.timeout(1000) })
    return token
  } catch (error) {
    return isOAuthError(error) ? error.code : undefined
  }
}

// @ts-expect-error -- there is no such option
orangeAuth({ secret: 'secret' })
// @ts-expect-error -- a provider is an object
orangeAuth({ provider: 'orange' })
