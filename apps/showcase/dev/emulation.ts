import { generateKeyPairSync } from 'node:crypto'
import { bouygues, bouyguesEntreprisesRealm } from '@oauthkit/bouygues'
import { digitaleo } from '@oauthkit/digitaleo'
import { createEmulator, emulated, emulatedUrl } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { orange } from '@oauthkit/orange'
import type { Clients } from '../src/providers/clients.ts'
import { controlOf } from './control.ts'

/** The options of {@link startEmulation}. */
export type EmulationOptions = {
  /** An emulator in another process. @defaultValue One in this process */
  readonly emulatorUrl?: string | undefined
  /** Where browsers find the app. */
  readonly publicUrl: string
  /** The clients of real providers. They are not emulated. */
  readonly live?: Clients | undefined
}

/** An emulator that runs. */
export type Emulation = {
  /** Its URL. */
  readonly url: string
  /** The live clients, and emulated clients of all other providers. */
  readonly clients: Clients
  /** Revokes a token of an emulated client. */
  readonly revoke: (client: keyof Clients, accessToken: string) => Promise<void>
  readonly close: () => Promise<void>
}

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }

/** How long emulated tokens live, in milliseconds. It is short, so that there is something to see. */
const lifetimeMs = 120_000

/** The key pair of the certificate. It is made once, because that takes long. */
let keys: ReturnType<typeof generateKeys> | undefined

const generateKeys = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

/** Registers the app at an emulator, and returns the clients for it. */
export async function startEmulation({ emulatorUrl, publicUrl, live = {} }: EmulationOptions): Promise<Emulation> {
  const own = emulatorUrl === undefined ? await serveEmulator() : undefined
  const url = emulatorUrl ?? own?.url ?? ''
  const control = controlOf(url)
  const { clientId } = credentials
  const { publicKey, privateKey } = (keys ??= generateKeys())
  await control('bouygues/redirect-uris', { clientId, redirectUris: [`${publicUrl}/callback`] })
  await control('bouygues/post-logout-redirect-uris', { clientId, postLogoutRedirectUris: [`${publicUrl}/signed-out`] })
  await control('bouygues/public-keys', { clientId, publicKey })
  await control('bouygues/refresh-tokens', { enabled: true })

  const at = (address: string) => emulatedUrl(address, url)
  const client = { mode: 'emulated', credentials } as const
  const clients: Clients = {
    shops: { ...client, provider: emulated(orange, url), url: at('https://api.orange.com') },
    campaigns: { ...client, provider: emulated(digitaleo, url), url: at('https://api.messengeo.net') },
    contracts: {
      mode: 'emulated',
      provider: emulated(bouyguesEntreprisesRealm, url),
      url: at('https://open.api.bouyguestelecom.fr/contracts'),
      credentials: { clientId, privateKey },
    },
    login: { ...client, provider: emulated(bouygues, url), url: at('https://api.bouyguestelecom.fr') },
    ...live,
  }
  return {
    url,
    clients,
    revoke: (name, accessToken) => control(`${providers[name]}/revoke`, { accessToken }),
    close: async () => own?.close(),
  }
}

/** The provider of each client. */
const providers: Readonly<Record<keyof Clients, string>> = {
  shops: 'orange',
  campaigns: 'digitaleo',
  contracts: 'bouygues',
  login: 'bouygues',
}

function serveEmulator() {
  const emulator = createEmulator({ orange: { lifetimeMs }, digitaleo: { lifetimeMs }, bouygues: { lifetimeMs } })
  emulator.bouygues.certificateLifetimeMs = lifetimeMs
  return serve(emulator)
}
