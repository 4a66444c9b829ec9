import {
  appCertificate,
  bouygues,
  bouyguesAp4,
  bouyguesEntreprises,
  bouyguesEntreprisesRealm,
  bouyguesTokens,
} from '@oauthkit/bouygues'
import type { OwnTokenSource, TokenSourceOptions } from '@oauthkit/core'
import { digitaleo, digitaleoTokens } from '@oauthkit/digitaleo'
import { emulated, emulatedUrl } from '@oauthkit/emulator'
import { orange, orangeInside, orangePlayground, orangeTokens } from '@oauthkit/orange'
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import type { Site } from './support.ts'

/** A machine-to-machine flow of a provider. */
export type Flow = {
  readonly provider: 'orange' | 'digitaleo' | 'bouygues'
  /** The URL of an API that accepts the flow's tokens, and answers with the request that it received. */
  readonly echo: string
  /** Makes a source that gets its tokens from the emulator at the site. */
  readonly connect: (site: Site, own?: TokenSourceOptions) => Promise<OwnTokenSource>
}

type FlowName =
  | 'Orange'
  | "Orange's Playground"
  | "Orange's inside portal"
  | 'Digitaleo, which answers 400 to a rejected token'
  | 'Digitaleo, which answers 401 to a rejected token'
  | "Bouygues Telecom's app credentials"
  | "Bouygues Telecom's app credentials in AP4"
  | "Bouygues Telecom's portal for companies"
  | "Bouygues Telecom's app certificate"
  | "Bouygues Telecom's app certificate, for companies"

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }

const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })

const pem = await exportPKCS8(privateKey)

const publicPem = await exportSPKI(publicKey)

/** The flows by name. */
export const flows: Record<FlowName, Flow> = {
  Orange: {
    provider: 'orange',
    echo: 'https://api.orange.com/echo',
    connect: async ({ url }, own) => orangeTokens({ ...credentials, provider: emulated(orange, url), ...own }),
  },
  "Orange's Playground": {
    provider: 'orange',
    echo: 'https://api.orange.com/camara/playground/api/echo',
    connect: async ({ url }, own) =>
      orangeTokens({ ...credentials, provider: emulated(orangePlayground, url), scope: 'sim-swap:check', ...own }),
  },
  "Orange's inside portal": {
    provider: 'orange',
    echo: 'https://inside01.api.orange.com/echo',
    connect: async ({ url }, own) => orangeTokens({ ...credentials, provider: emulated(orangeInside, url), ...own }),
  },
  'Digitaleo, which answers 400 to a rejected token': {
    provider: 'digitaleo',
    echo: 'https://api.messengeo.net/echo',
    connect: async ({ url }, own) => digitaleoTokens({ ...credentials, provider: emulated(digitaleo, url), ...own }),
  },
  'Digitaleo, which answers 401 to a rejected token': {
    provider: 'digitaleo',
    echo: 'https://contacts.messengeo.net/echo',
    connect: async ({ url }, own) => digitaleoTokens({ ...credentials, provider: emulated(digitaleo, url), ...own }),
  },
  "Bouygues Telecom's app credentials": {
    provider: 'bouygues',
    echo: 'https://open.api.bouyguestelecom.fr/echo',
    connect: async ({ url }, own) => bouyguesTokens({ ...credentials, provider: emulated(bouygues, url), ...own }),
  },
  "Bouygues Telecom's app credentials in AP4": {
    provider: 'bouygues',
    echo: 'https://open.api.sandbox.bouyguestelecom.fr/ap4/echo',
    connect: async ({ url }, own) => bouyguesTokens({ ...credentials, provider: emulated(bouyguesAp4, url), ...own }),
  },
  "Bouygues Telecom's portal for companies": {
    provider: 'bouygues',
    echo: 'https://open.api.bouyguestelecom.fr/echo',
    connect: async ({ url }, own) =>
      bouyguesTokens({
        ...credentials,
        provider: emulated(bouyguesEntreprises, url),
        apis: [emulatedUrl('https://open.api.bouyguestelecom.fr', url)],
        ...own,
      }),
  },
  "Bouygues Telecom's app certificate, for companies": {
    provider: 'bouygues',
    echo: 'https://open.api.bouyguestelecom.fr/echo',
    connect: async (site, own) => {
      await site.control('setPublicKey', 'app', publicPem)
      return bouyguesTokens({
        provider: emulated(bouyguesEntreprisesRealm, site.url),
        grant: appCertificate({ clientId: 'app', privateKey: pem }),
        apis: [emulatedUrl('https://open.api.bouyguestelecom.fr', site.url)],
        ...own,
      })
    },
  },
  "Bouygues Telecom's app certificate": {
    provider: 'bouygues',
    echo: 'https://api.bouyguestelecom.fr/echo',
    connect: async (site, own) => {
      await site.control('setPublicKey', 'app', publicPem)
      const grant = appCertificate({ clientId: 'app', privateKey: pem })
      return bouyguesTokens({ provider: emulated(bouyguesEntreprisesRealm, site.url), grant, ...own })
    },
  },
}

/** Returns the URL of a flow's API at the site. */
export const echoOf = ({ url }: Site, { echo }: Flow): string => emulatedUrl(echo, url)
