import { bouygues, bouyguesAp4, bouyguesEntreprisesRealm } from '@oauthkit/bouygues'
import { digitaleo } from '@oauthkit/digitaleo'
import { orange } from '@oauthkit/orange'
import type { Clients } from '../providers/clients.ts'
import type { Environment } from './configuration.ts'
import { choice, text } from './values.ts'

/**
 * Says which providers the environment has credentials for.
 *
 * The credentials are not among it: the providers' packages read them, so that nothing else has to hold a secret.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function liveClients(env: Environment): Clients {
  const live = { mode: 'live', credentials: {} } as const
  const isStaging = choice(env, 'BOUYGUES_ENVIRONMENT', ['production', 'ap4']) === 'ap4'
  const hasSecret = text(env, 'BOUYGUES_CLIENT_SECRET') !== undefined
  const hasKey = text(env, 'BOUYGUES_PRIVATE_KEY') !== undefined
  if (text(env, 'BOUYGUES_CLIENT_ID') && !hasSecret && !hasKey) {
    throw new TypeError(
      'BOUYGUES_CLIENT_SECRET is for signing in, BOUYGUES_PRIVATE_KEY for contracts: set one, or both',
    )
  }
  return {
    ...(text(env, 'ORANGE_CLIENT_ID') && { shops: { ...live, provider: orange, url: 'https://api.orange.com' } }),
    ...(text(env, 'DIGITALEO_CLIENT_ID') && {
      campaigns: { ...live, provider: digitaleo, url: 'https://api.messengeo.net' },
    }),
    ...(hasSecret && {
      login: isStaging
        ? { ...live, provider: bouyguesAp4, url: 'https://api.sandbox.bouyguestelecom.fr/ap4' }
        : { ...live, provider: bouygues, url: 'https://api.bouyguestelecom.fr' },
    }),
    ...(hasKey && {
      contracts: {
        ...live,
        provider: bouyguesEntreprisesRealm,
        url: text(env, 'BOUYGUES_CONTRACTS_URL') ?? 'https://open.api.bouyguestelecom.fr/contracts',
      },
    }),
  }
}
