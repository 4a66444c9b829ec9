import { clientSecretBasic } from '@oauthkit/core'

/** A provider, and a client that is registered there. */
export const example = {
  provider: {
    name: 'example',
    tokenEndpoint: 'https://id.example/token',
    apis: ['https://api.example'],
    clientAuth: clientSecretBasic,
  },
  clientId: 'app',
  clientSecret: 'app-secret',
}
