import type { Grant, Provider, TokenSourceOptions } from '@oauthkit/core'
import * as providers from './providers.ts'
import type { Documented } from './server.ts'

/** A provider, what its documentation says, and what a user of it gives as options. */
export type Entry = {
  readonly provider: Provider
  readonly documented: Documented
  readonly options?: Pick<TokenSourceOptions, 'scope' | 'parameters' | 'grant'>
}

const machine = { grant_type: 'client_credentials' }
const answer = { access_token: 'the-token', token_type: 'Bearer', expires_in: 3600 }

/** The password grant, with the tenant that SFR Business wants. */
const password: Grant = {
  name: 'password',
  identity: 'ada',
  parameters: () => ({ grant_type: 'password', username: 'ada', password: 'pass', tenant: 'acme' }),
}

export const entries: readonly Entry[] = [
  {
    provider: providers.franceTravail,
    options: { scope: 'api_offresdemploiv2 o2dsoffre' },
    documented: {
      url: 'https://entreprise.francetravail.fr/connexion/oauth2/access_token?realm=%2Fpartenaire',
      credentials: 'form',
      parameters: { ...machine, scope: 'api_offresdemploiv2 o2dsoffre' },
      answer: {
        scope: 'api_offresdemploiv2 o2dsoffre',
        expires_in: 1499,
        token_type: 'Bearer',
        access_token: 'the-token',
      },
      call: { url: 'https://api.francetravail.io/partenaire/offresdemploi/v2/offres/search' },
    },
  },
  {
    provider: providers.piste,
    options: { scope: 'openid' },
    documented: {
      url: 'https://oauth.piste.gouv.fr/api/oauth/token',
      credentials: 'form',
      parameters: { ...machine, scope: 'openid' },
      answer,
      call: { url: 'https://api.piste.gouv.fr/dila/legifrance/lf-engine-app/search' },
    },
  },
  {
    provider: providers.chorusPro('tech@cpro.fr', 'pass'),
    options: { scope: 'openid' },
    documented: {
      url: 'https://oauth.piste.gouv.fr/api/oauth/token',
      credentials: 'form',
      parameters: { ...machine, scope: 'openid' },
      answer,
      call: {
        url: 'https://api.piste.gouv.fr/cpro/factures/v1/rechercher/fournisseur',
        headers: { 'cpro-account': btoa('tech@cpro.fr:pass') },
      },
    },
  },
  {
    provider: providers.rte,
    documented: {
      url: 'https://digital.iservices.rte-france.com/token/oauth/',
      credentials: 'Basic',
      parameters: machine,
      answer: { access_token: 'the-token', token_type: 'Bearer', expires_in: 7200 },
      call: { url: 'https://digital.iservices.rte-france.com/open_api/ecowatt/v5/signals' },
    },
  },
  {
    provider: providers.enedis,
    documented: {
      url: 'https://gw.ext.prod.api.enedis.fr/oauth2/v3/token',
      credentials: 'form',
      parameters: machine,
      answer: {
        access_token: 'the-token',
        token_type: 'Bearer',
        expires_in: 12_600,
        scope: 'am_application_scope default',
      },
      call: { url: 'https://gw.ext.prod.api.enedis.fr/metering_data_dc/v5/daily_consumption' },
    },
  },
  {
    provider: providers.ovh,
    options: { scope: 'all' },
    documented: {
      url: 'https://www.ovh.com/auth/oauth2/token',
      credentials: 'form',
      parameters: { ...machine, scope: 'all' },
      answer: { access_token: 'the-token', token_type: 'Bearer', expires_in: 3599, scope: 'all' },
      call: { url: 'https://eu.api.ovh.com/v1/me' },
    },
  },
  {
    provider: providers.sfrBusiness,
    options: { grant: password },
    documented: {
      url: 'https://auth.sfrglobalcc.com/identity/connect/token',
      credentials: 'form',
      parameters: { grant_type: 'password', username: 'ada', password: 'pass', tenant: 'acme' },
      answer: { access_token: 'the-token', token_type: 'Bearer', expires_in: 86_400 },
      call: { url: 'https://api.sfrglobalcc.com/calls' },
    },
  },
  {
    provider: providers.sinch,
    documented: {
      url: 'https://auth.sinch.com/oauth2/token',
      credentials: 'Basic',
      parameters: machine,
      answer: { access_token: 'the-token', token_type: 'bearer', expires_in: 3599, scope: '' },
      call: { url: 'https://us.conversation.api.sinch.com/v1/projects/p/messages:send' },
    },
  },
  {
    provider: providers.infobip('xyz.api.infobip.com'),
    documented: {
      url: 'https://api.infobip.com/auth/1/oauth2/token',
      credentials: 'form',
      parameters: machine,
      answer,
      call: { url: 'https://xyz.api.infobip.com/sms/3/messages' },
    },
  },
  {
    provider: providers.twilio,
    documented: {
      url: 'https://oauth.twilio.com/v2/token',
      credentials: 'form',
      parameters: machine,
      answer: {
        access_token: 'the-token',
        expires_in: 3600,
        id_token: null,
        refresh_token: null,
        token_type: 'Bearer',
      },
      call: { url: 'https://api.twilio.com/2010-04-01/Accounts/AC/Messages.json' },
    },
  },
  {
    provider: providers.vonage(async () => 'a.signed.jwt'),
    documented: {
      url: 'https://api.nexmo.com/oauth2/token',
      credentials: { authorization: 'Bearer a.signed.jwt' },
      parameters: machine,
      answer,
      call: { url: 'https://api-eu.vonage.com/camara/sim-swap/v040/check' },
    },
  },
  {
    provider: providers.sonatel,
    documented: {
      url: 'https://api.orange-sonatel.com/oauth/token',
      credentials: 'form',
      parameters: machine,
      answer: { ...answer, expires_in: 300, refresh_expires_in: 0, 'not-before-policy': 0, scope: 'apimanagement' },
      call: { url: 'https://api.orange-sonatel.com/api/eWallet/v1/transactions' },
    },
  },
  {
    provider: providers.orangeCameroon('second-credential'),
    documented: {
      url: 'https://api-s1.orange.cm/token',
      credentials: 'Basic',
      parameters: machine,
      answer,
      call: {
        url: 'https://api-s1.orange.cm/omcoreapis/1.0.2/mp/init',
        headers: { 'x-auth-token': 'second-credential' },
      },
    },
  },
  {
    provider: providers.mtnMomo('a-subscription-key'),
    documented: {
      url: 'https://sandbox.momodeveloper.mtn.com/collection/token/',
      credentials: 'Basic',
      parameters: machine,
      headers: { 'ocp-apim-subscription-key': 'a-subscription-key' },
      answer: { ...answer, token_type: 'access_token' },
      call: {
        url: 'https://sandbox.momodeveloper.mtn.com/collection/v1_0/requesttopay',
        headers: { 'ocp-apim-subscription-key': 'a-subscription-key' },
      },
    },
  },
  {
    provider: providers.safaricom,
    documented: {
      method: 'GET',
      url: 'https://api.safaricom.co.ke/oauth/v1/generate',
      credentials: 'Basic',
      parameters: machine,
      answer: { access_token: 'the-token', expires_in: '3599' },
      call: { url: 'https://api.safaricom.co.ke/mpesa/stkpush/v1/processrequest' },
    },
  },
  {
    provider: providers.airtel('KE', 'KES'),
    documented: {
      url: 'https://openapi.airtel.africa/auth/oauth2/token',
      credentials: 'form',
      contentType: 'application/json',
      parameters: machine,
      answer: { token_type: 'bearer', access_token: 'the-token', expires_in: '180' },
      call: {
        url: 'https://openapi.airtel.africa/merchant/v1/payments/',
        headers: { 'x-country': 'KE', 'x-currency': 'KES' },
      },
    },
  },
  {
    provider: providers.ownNames,
    documented: {
      url: 'https://login.own.example/session',
      credentials: 'none',
      contentType: 'application/json',
      parameters: { ...machine, login: 'app', password: 's3cret/+:é' },
      answer: { data: { token: 'the-token', expires: 3_600_000 } },
      call: { url: 'https://api.own.example/things' },
    },
  },
  {
    provider: providers.keycloak,
    documented: {
      url: 'http://keycloak:8080/realms/main/protocol/openid-connect/token',
      credentials: 'none',
      parameters: { ...machine, client_id: 'app' },
      answer: { ...answer, expires_in: 60, refresh_expires_in: 0, 'not-before-policy': 0, scope: 'profile email' },
      call: { url: 'http://shop:3000/orders' },
    },
  },
]
