import { clientSecretBasic, type Provider } from '@oauthkit/core'
import { inject, onTestFinished } from 'vitest'
import type { OpenIdProviderOptions } from '../server/openid-configuration.ts'
import type { OpenIdProviderCommands } from '../server/openid-provider.ts'
import type { RegisteredClient } from './openid-clients.ts'
import { askHub } from './support.ts'

/** A certified OpenID provider that only one test uses. */
export type OpenIdSite<Options> = {
  /** The options of its client: the provider, and the client's own options. */
  readonly options: Options & { readonly provider: Provider & { readonly issuer: string } }
  /** The URL of an API that accepts its tokens, and answers with {@link Granted}. */
  readonly api: string
  /** Sends a command to it from outside. */
  readonly control: <Name extends keyof OpenIdProviderCommands>(
    name: Name,
    ...args: Parameters<OpenIdProviderCommands[Name]>
  ) => Promise<Result<Name>>
}

type Result<Name extends keyof OpenIdProviderCommands> = Awaited<ReturnType<OpenIdProviderCommands[Name]>>

/** The API's response: what the token was issued for. */
export type Granted = {
  readonly clientId: string
  readonly scope?: string
  readonly audience?: string
  /** The user, if the token is a user's. */
  readonly user?: string
}

/** The metadata of an authorization server. See RFC 8414 §2. */
type Metadata = { readonly issuer: string; readonly token_endpoint: string; readonly revocation_endpoint: string }

/** Starts a provider that knows a client. The provider stops at the end of the test. */
export async function startOpenIdProvider<Options>(
  client: RegisteredClient<Options>,
  more: Omit<OpenIdProviderOptions, 'clients'> = {},
): Promise<OpenIdSite<Options>> {
  const providers = `${inject('hub')}/openid-providers`
  const start = { method: 'POST', body: JSON.stringify({ clients: [client.metadata], ...more }) }
  const { id, url } = await askHub<{ id: string; url: string }>(providers, start)
  onTestFinished(() => askHub(`${providers}/${id}`, { method: 'DELETE' }))

  const response = await fetch(`${url}/.well-known/oauth-authorization-server`)
  const metadata = (await response.json()) as Metadata
  const api = `${url}/api`
  const provider = {
    name: 'openid',
    issuer: metadata.issuer,
    tokenEndpoint: metadata.token_endpoint,
    revocationEndpoint: metadata.revocation_endpoint,
    apis: [api],
    clientAuth: clientSecretBasic,
  }
  return {
    options: { provider, ...client.options },
    api,
    control: <Name extends keyof OpenIdProviderCommands>(
      name: Name,
      ...args: Parameters<OpenIdProviderCommands[Name]>
    ) =>
      askHub<{ result: Result<Name> }>(`${providers}/${id}/${name}`, {
        method: 'POST',
        body: JSON.stringify(args),
      }).then(({ result }) => result),
  }
}
