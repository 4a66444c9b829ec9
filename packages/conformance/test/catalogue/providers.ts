import { clientSecretPost, none, plainBasic, type Provider } from '@oauthkit/core'

// Further providers, as plain data. None of them needs a function that sends requests. `documented.ts` has what their
// documentation says, written without this data.

export const franceTravail: Provider = {
  name: 'france-travail',
  tokenEndpoint: 'https://entreprise.francetravail.fr/connexion/oauth2/access_token?realm=%2Fpartenaire',
  apis: ['https://api.francetravail.io'],
  clientAuth: clientSecretPost,
}

export const piste: Provider = {
  name: 'piste',
  tokenEndpoint: 'https://oauth.piste.gouv.fr/api/oauth/token',
  apis: ['https://api.piste.gouv.fr'],
  clientAuth: clientSecretPost,
}

/** Chorus Pro wants the login of a technical account with each call. */
export const chorusPro = (login: string, password: string): Provider => ({
  ...piste,
  name: 'chorus-pro',
  apis: ['https://api.piste.gouv.fr/cpro'],
  headers: () => ({ 'cpro-account': btoa(`${login}:${password}`) }),
})

export const rte: Provider = {
  name: 'rte',
  tokenEndpoint: 'https://digital.iservices.rte-france.com/token/oauth/',
  apis: ['https://digital.iservices.rte-france.com/open_api'],
  clientAuth: plainBasic,
}

export const enedis: Provider = {
  name: 'enedis',
  tokenEndpoint: 'https://gw.ext.prod.api.enedis.fr/oauth2/v3/token',
  apis: ['https://gw.ext.prod.api.enedis.fr'],
  exceptApis: ['https://gw.ext.prod.api.enedis.fr/oauth2'],
  clientAuth: clientSecretPost,
}

export const ovh: Provider = {
  name: 'ovh',
  tokenEndpoint: 'https://www.ovh.com/auth/oauth2/token',
  apis: ['https://eu.api.ovh.com'],
  clientAuth: clientSecretPost,
}

export const sfrBusiness: Provider = {
  name: 'sfr-business',
  tokenEndpoint: 'https://auth.sfrglobalcc.com/identity/connect/token',
  apis: ['https://api.sfrglobalcc.com'],
  clientAuth: clientSecretPost,
}

export const sinch: Provider = {
  name: 'sinch',
  tokenEndpoint: 'https://auth.sinch.com/oauth2/token',
  apis: ['https://eu.conversation.api.sinch.com', 'https://us.conversation.api.sinch.com'],
  clientAuth: plainBasic,
}

/** Infobip has a host for each customer. */
export const infobip = (host: string): Provider => ({
  name: 'infobip',
  tokenEndpoint: 'https://api.infobip.com/auth/1/oauth2/token',
  apis: [`https://${host}`],
  clientAuth: clientSecretPost,
})

export const twilio: Provider = {
  name: 'twilio',
  tokenEndpoint: 'https://oauth.twilio.com/v2/token',
  apis: ['https://api.twilio.com', 'https://messaging.twilio.com'],
  clientAuth: clientSecretPost,
}

/** Vonage authenticates the client by a JWT of its own, in the header. */
export const vonage = (makeJwt: () => Promise<string>): Provider => ({
  name: 'vonage',
  tokenEndpoint: 'https://api.nexmo.com/oauth2/token',
  apis: ['https://api-eu.vonage.com'],
  clientAuth: async ({ headers }) => headers.set('authorization', `Bearer ${await makeJwt()}`),
})

export const sonatel: Provider = {
  name: 'orange-sonatel',
  tokenEndpoint: 'https://api.orange-sonatel.com/oauth/token',
  apis: ['https://api.orange-sonatel.com/api'],
  clientAuth: clientSecretPost,
  defaultLifetimeMs: 300_000,
}

/** Orange Cameroon wants a second token with each call. */
export const orangeCameroon = (authToken: string): Provider => ({
  name: 'orange-cameroon',
  tokenEndpoint: 'https://api-s1.orange.cm/token',
  apis: ['https://api-s1.orange.cm/omcoreapis'],
  clientAuth: plainBasic,
  headers: () => ({ 'x-auth-token': authToken }),
})

/** MTN MoMo has a token for each product. The subscription key is on token requests and calls. */
export const mtnMomo = (subscriptionKey: string): Provider => ({
  name: 'mtn-momo-collection',
  tokenEndpoint: 'https://sandbox.momodeveloper.mtn.com/collection/token/',
  tokenTypes: ['access_token'],
  apis: ['https://sandbox.momodeveloper.mtn.com/collection'],
  clientAuth: (request) => {
    request.headers.set('ocp-apim-subscription-key', subscriptionKey)
    return plainBasic(request)
  },
  headers: () => ({ 'ocp-apim-subscription-key': subscriptionKey }),
})

export const safaricom: Provider = {
  name: 'safaricom',
  tokenEndpoint: 'https://api.safaricom.co.ke/oauth/v1/generate',
  tokenRequest: { method: 'GET' },
  apis: ['https://api.safaricom.co.ke/mpesa'],
  clientAuth: plainBasic,
}

export const airtel = (country: string, currency: string): Provider => ({
  name: 'airtel',
  tokenEndpoint: 'https://openapi.airtel.africa/auth/oauth2/token',
  tokenRequest: { body: 'json' },
  apis: ['https://openapi.airtel.africa'],
  exceptApis: ['https://openapi.airtel.africa/auth'],
  clientAuth: clientSecretPost,
  headers: () => ({ 'x-country': country, 'x-currency': currency }),
})

/** A token endpoint with names of its own, a lifetime in milliseconds, and errors that are no OAuth errors. */
export const ownNames: Provider = {
  name: 'own-names',
  tokenEndpoint: 'https://login.own.example/session',
  tokenRequest: { body: 'json' },
  readTokenResponse: ({ data, ErrorCode }) => {
    const { token, expires } = Object(data) as Record<string, unknown>
    return ErrorCode === undefined ? { access_token: token, expires_in: Number(expires) / 1000 } : { error: ErrorCode }
  },
  apis: ['https://api.own.example'],
  clientAuth: ({ form, clientId, clientSecret = '' }) => {
    form.set('login', clientId)
    form.set('password', clientSecret)
  },
}

/** A realm of Keycloak in a network of containers. */
export const keycloak: Provider = {
  name: 'keycloak',
  issuer: 'http://keycloak:8080/realms/main',
  tokenEndpoint: 'http://keycloak:8080/realms/main/protocol/openid-connect/token',
  apis: ['http://shop:3000'],
  insecureHosts: ['keycloak:8080', 'shop:3000'],
  clientAuth: none,
}
