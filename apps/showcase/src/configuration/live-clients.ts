import { bouygues, bouyguesAp4, bouyguesEntreprisesRealm } from '@oauthkit/bouygues'
import { digitaleo } from '@oauthkit/digitaleo'
import { orange } from '@oauthkit/orange'
import * as v from 'valibot'
import type { Clients } from '../providers/clients.ts'
import { choice, readVariables, text, type Environment } from './variables.ts'

const variables = {
  ORANGE_CLIENT_ID: text,
  DIGITALEO_CLIENT_ID: text,
  BOUYGUES_CLIENT_ID: text,
  BOUYGUES_CLIENT_SECRET: text,
  BOUYGUES_PRIVATE_KEY: text,
  BOUYGUES_CONTRACTS_URL: v.optional(v.string(), 'https://open.api.bouyguestelecom.fr/contracts'),
  BOUYGUES_ENVIRONMENT: v.optional(choice('production', 'ap4')),
}

/**
 * Returns the clients of the providers for which the environment has credentials.
 *
 * The credentials are not in them: the providers' packages read them, so that no other code holds a secret.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function liveClients(env: Environment): Clients {
  const values = readVariables(variables, env)
  const hasSecret = values.BOUYGUES_CLIENT_SECRET !== undefined
  const hasKey = values.BOUYGUES_PRIVATE_KEY !== undefined
  if (values.BOUYGUES_CLIENT_ID && !hasSecret && !hasKey) {
    throw new TypeError(
      'BOUYGUES_CLIENT_SECRET is for signing in, BOUYGUES_PRIVATE_KEY for contracts: set one, or both',
    )
  }
  const live = { mode: 'live', credentials: {} } as const
  return {
    ...(values.ORANGE_CLIENT_ID && { shops: { ...live, provider: orange, url: 'https://api.orange.com' } }),
    ...(values.DIGITALEO_CLIENT_ID && {
      campaigns: { ...live, provider: digitaleo, url: 'https://api.messengeo.net' },
    }),
    ...(hasSecret && {
      login:
        values.BOUYGUES_ENVIRONMENT === 'ap4'
          ? { ...live, provider: bouyguesAp4, url: 'https://api.sandbox.bouyguestelecom.fr/ap4' }
          : { ...live, provider: bouygues, url: 'https://api.bouyguestelecom.fr' },
    }),
    ...(hasKey && {
      contracts: { ...live, provider: bouyguesEntreprisesRealm, url: values.BOUYGUES_CONTRACTS_URL },
    }),
  }
}
