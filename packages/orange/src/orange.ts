import { none, plainBasic, type Provider } from '@oauthkit/core'

const api = 'https://api.orange.com'

/**
 * The prefix of the APIs that take only tokens of the Network APIs Playground.
 *
 * The Playground's admin API has another prefix: it takes Orange's usual tokens.
 */
const playgroundApi = `${api}/camara/playground/api`

/** The prefixes of the Network APIs in France that take the token of a phone's user. */
const franceNetworkApis = [`${api}/camara/ofr`, `${api}/camara/sim-swap/ofr`]

/** The prefix of the Network APIs in Spain. */
const spainApi = `${api}/camara/oes`

/** The authorization server of Direct Match ID France. */
const matchId = `${api}/oauth-jwt/fr/v1`

/** The prefixes of the APIs that take the token of a signed-in user. See {@link orangeFrance}. */
const franceApis = [`${api}/formfilling/fr/v1`, `${api}/userdetails/fr/v2`, `${api}/3legged/sandbox/fr/v1`]

const requestIdHeader = 'x-oapi-request-id'

const inside = 'https://inside01.api.orange.com'

/**
 * Orange's authorization server for applications ("OAuth M2M", v3) and the APIs that take its tokens.
 *
 * - The header holds the plain base64 of `id:secret` (Basic). The credentials are never repeated in the form.
 * - Orange wants each application to request one token per hour at most, so a token is renewed about a minute before its
 *   end.
 * - One host serves several authorization servers, each by its path. `exceptApis` holds the prefixes of the others.
 * - A token is valid only on the host that granted it. For the inside portal, use {@link orangeInside}.
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
    `${api}/oauth-jwt`,
    `${api}/openidconnect`,
    `${api}/camara/playground/openidconnect`,
    // Spain's network APIs have a separate server.
    `${api}/es/openapi`,
    spainApi,
    playgroundApi,
    ...franceNetworkApis,
    ...franceApis,
  ],
  clientAuth: plainBasic,
  isRejected,
  renewalMarginMs: 60_000,
  requestIdHeader,
}

/**
 * Orange's Network APIs Playground. Its tokens are valid only for its simulated network APIs. They have a `scope`.
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
 * Orange's inside portal, which is another host. A token must come from the host of the API that it is for.
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
 * Orange France, where users sign in ("OAuth U2M", OpenID Connect). Use it with `createLogin` of `@oauthkit/login`.
 *
 * Its metadata is not at the address of its issuer, and does not name the userinfo endpoint. This object names the
 * addresses of both, so all checks still apply.
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
 * Orange Spain's Network APIs, as far as the user's phone signs in: plain OAuth 2.0 with the authorization code. Use it with
 * `createLogin` of `@oauthkit/login`. The scope names a purpose and an API, `dpv:<purpose>#<api>`: without `openid`, there is
 * no ID token.
 *
 * @see {@link https://developer.orange.com/apis/camara-number-verification-spain/getting-started Number Verification Spain}
 */
export const orangeSpain: Provider = {
  name: 'orange-spain',
  authorizationEndpoint: `${spainApi}/number-verification/v0/authorize`,
  tokenEndpoint: `${api}/es/openapi/oauth/v2/token`,
  apis: [spainApi],
  exceptApis: [`${spainApi}/number-verification/v0/authorize`],
  clientAuth: plainBasic,
  requestIdHeader,
}

/**
 * Orange's authorization server for Direct Match ID France. Use it with the grant `jwtBearer` of
 * `@oauthkit/private-key-jwt`, and an RS256 key whose public part is in the application's settings. The documentation does
 * not say where the API is, so give `apis`.
 *
 * @see {@link https://developer.orange.com/apis/direct-matchid-france/getting-started Direct Match ID France}
 */
export const orangeMatchIdFrance: Provider = {
  name: 'orange-match-id-france',
  issuer: matchId,
  tokenEndpoint: `${matchId}/token`,
  apis: [],
  // The assertion of the grant says who the client is.
  clientAuth: none,
  requestIdHeader,
}

/**
 * Whether a rejection is about the token, by the codes of Orange's error guide.
 *
 * 41 (invalid credentials) and 42 (expired credentials) are about the token. 40 (missing credentials) is not, and a new
 * token does not help. A rejection without a readable code can be about the token, so it is treated as one.
 */
async function isRejected(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => null)) as { code?: unknown } | null
  return Number(body?.code) !== 40
}
