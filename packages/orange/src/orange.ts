import { plainBasic, type Provider } from '@oauthkit/core'

const api = 'https://api.orange.com'

/** What takes a token of the Network APIs Playground, and no other; the Playground's admin API takes Orange's usual ones. */
const playgroundApi = `${api}/camara/playground/api`

/** What takes a signed-in user's token: see {@link orangeFrance}. */
const franceApis = [`${api}/formfilling/fr/v1`, `${api}/userdetails/fr/v2`, `${api}/3legged/sandbox/fr/v1`]

const requestIdHeader = 'x-oapi-request-id'

const inside = 'https://inside01.api.orange.com'

/**
 * Orange's authorization server for applications ("OAuth M2M", v3) and the APIs that take its tokens.
 *
 * - Basic is the plain base64 of `id:secret`, and credentials never stand in the form too.
 * - One token an hour and application is what Orange asks for, so tokens are renewed no more than a minute early.
 * - One host serves several authorization servers by path: the prefixes of the others are excepted.
 * - A token is good on the host that it was negotiated on: for the inside portal, take {@link orangeInside}.
 *
 * @see {@link https://developer.orange.com/resources/oauth-m2m-in-a-nutshell OAuth M2M in a nutshell}
 */
export const orange: Provider = {
  name: 'orange',
  tokenEndpoint: `${api}/oauth/v3/token`,
  apis: [api],
  exceptApis: [
    // The authorization servers themselves.
    `${api}/oauth`,
    `${api}/openidconnect`,
    `${api}/camara/playground/openidconnect`,
    // Spain's network APIs have a server of their own.
    `${api}/es/openapi`,
    `${api}/camara/oes`,
    playgroundApi,
    ...franceApis,
  ],
  clientAuth: plainBasic,
  isRejected,
  renewalMarginMs: 60_000,
  requestIdHeader,
}

/**
 * Orange's Network APIs Playground, whose tokens are good for its simulated network APIs only. They have a `scope`.
 *
 * @see {@link https://developer.orange.com/apis/camara-playground-number-verification/getting-started Getting started}
 */
export const orangePlayground: Provider = {
  ...orange,
  name: 'orange-playground',
  tokenEndpoint: `${api}/openidconnect/playground/v1.0/token`,
  apis: [playgroundApi],
  exceptApis: [],
}

/**
 * Orange's inside portal, which is another host: a token must be negotiated on the host of the API that it is for.
 *
 * @see {@link https://developer.orange.com/resources/2-legged-oauth-flow-step-by-step 2-legged OAuth flow, step by step}
 */
export const orangeInside: Provider = {
  ...orange,
  name: 'orange-inside',
  tokenEndpoint: `${inside}/oauth/v3/token`,
  apis: [inside],
  exceptApis: [`${inside}/oauth`, `${inside}/openidconnect`],
}

const france = `${api}/openidconnect/fr/v1`

/**
 * Orange France, where users sign in ("OAuth U2M", OpenID Connect): for `createLogin` of `@oauthkit/login`.
 *
 * Its metadata is not where its issuer is, and leaves the userinfo endpoint out: both are said here, so that all checks hold.
 *
 * @see {@link https://developer.orange.com/apis/authentication-fr/getting-started Authentication France}
 */
export const orangeFrance: Provider = {
  name: 'orange-france',
  issuer: 'https://openid.orange.fr',
  discoveryUrl: `${france}/.well-known/openid-configuration`,
  authorizationEndpoint: `${france}/authorize`,
  tokenEndpoint: `${france}/token`,
  userinfoEndpoint: `${france}/userinfo`,
  apis: [`${france}/userinfo`, ...franceApis],
  clientAuth: plainBasic,
  requestIdHeader,
}

/**
 * Of the refusals in Orange's error guide, 41 (invalid credentials) and 42 (expired credentials) are about the token;
 * 40 (missing credentials) is not, and a new token would not cure it. A refusal without a readable code may be.
 */
async function isRejected(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => null)) as { code?: unknown } | null
  return Number(body?.code) !== 40
}
