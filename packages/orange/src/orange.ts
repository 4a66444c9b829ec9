import { plainBasic, type Provider } from '@oauthkit/core'

const api = 'https://api.orange.com'

/**
 * Orange's authorization server for applications ("OAuth M2M", v3) and the APIs that take its tokens.
 *
 * - Basic is the plain base64 of `id:secret`, and credentials never stand in the form too.
 * - One token an hour and application is what Orange asks for, so tokens are renewed no more than a minute early.
 * - One host serves several authorization servers by path: the prefixes of the others are excepted.
 *
 * @see {@link https://developer.orange.com/resources/oauth-m2m-in-a-nutshell OAuth M2M in a nutshell}
 */
export const orange: Provider = {
  name: 'orange',
  tokenEndpoint: `${api}/oauth/v3/token`,
  resources: [api],
  exceptResources: [
    // The authorization servers themselves.
    `${api}/oauth`,
    `${api}/openidconnect`,
    `${api}/camara/playground/openidconnect`,
    // These take a token of the Network APIs Playground.
    `${api}/camara/playground/api`,
    // These take a signed-in user's token.
    `${api}/formfilling/fr/v1`,
    `${api}/userdetails/fr/v2`,
    `${api}/3legged/sandbox/fr/v1`,
  ],
  clientAuth: plainBasic,
  isRejected,
  renewalMarginMs: 60_000,
  requestIdHeader: 'x-oapi-request-id',
}

/**
 * Of the refusals in Orange's error guide, 41 (invalid credentials) and 42 (expired credentials) are about the token;
 * 40 (missing credentials) is not, and a new token would not cure it. A refusal without a readable code may be.
 */
async function isRejected(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => null)) as { code?: unknown } | null
  return Number(body?.code) !== 40
}
