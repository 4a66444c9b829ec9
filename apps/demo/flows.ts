import { appCertificate, bouygues, bouyguesEntreprisesRealm, bouyguesTokens } from '@oauthkit/bouygues'
import type { TokenSource } from '@oauthkit/core'
import { digitaleo, digitaleoTokens } from '@oauthkit/digitaleo'
import { emulated, emulatedUrl } from '@oauthkit/emulator'
import { orange, orangePlayground, orangeTokens } from '@oauthkit/orange'

/** One way to get a token, and an API that accepts it. */
export type Flow = {
  readonly provider: string
  readonly grant: string
  readonly authentication: string
  readonly tokens: TokenSource
  /** An API of the provider that describes the request. */
  readonly api: string
}

/** The credentials of the client that the emulator knows. */
export type Credentials = { readonly clientId: string; readonly clientSecret: string; readonly privateKey: string }

/**
 * Makes the flows. Each has its own token source.
 *
 * @param server - the URL of the emulator.
 * @param fetchOf - makes the `fetch` for the token requests of the nth flow.
 */
export function createFlows(
  server: string,
  { clientId, clientSecret, privateKey }: Credentials,
  fetchOf: (index: number) => typeof fetch,
): readonly Flow[] {
  const at = (url: string) => emulatedUrl(url, server)
  const contracts = at('https://open.api.bouyguestelecom.fr/contracts')
  const credentials = { clientId, clientSecret }
  return [
    {
      provider: 'Orange',
      grant: 'client credentials',
      authentication: 'Basic',
      tokens: orangeTokens({ ...credentials, provider: emulated(orange, server), fetch: fetchOf(0) }),
      api: at('https://api.orange.com/echo'),
    },
    {
      provider: 'Orange Playground',
      grant: 'client credentials',
      authentication: 'Basic',
      tokens: orangeTokens({
        ...credentials,
        provider: emulated(orangePlayground, server),
        scope: 'sim-swap:check',
        fetch: fetchOf(1),
      }),
      api: at('https://api.orange.com/camara/playground/api/echo'),
    },
    {
      provider: 'Digitaleo',
      grant: 'client credentials',
      authentication: 'form',
      tokens: digitaleoTokens({ ...credentials, provider: emulated(digitaleo, server), fetch: fetchOf(2) }),
      api: at('https://api.messengeo.net/echo'),
    },
    {
      provider: 'Bouygues Telecom',
      grant: 'app credentials',
      authentication: 'Basic',
      tokens: bouyguesTokens({
        ...credentials,
        provider: emulated(bouygues, server),
        exceptApis: [contracts],
        fetch: fetchOf(3),
      }),
      api: at('https://open.api.bouyguestelecom.fr/echo'),
    },
    {
      provider: 'Bouygues Telecom',
      grant: 'app certificate',
      authentication: 'signed assertion',
      tokens: bouyguesTokens({
        provider: emulated(bouyguesEntreprisesRealm, server),
        grant: appCertificate({ clientId, privateKey }),
        apis: [contracts],
        fetch: fetchOf(4),
      }),
      api: contracts,
    },
  ]
}
