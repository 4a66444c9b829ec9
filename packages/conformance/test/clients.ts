import { bearerFetch } from '@oauthkit/core'
import { orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky, { type KyInstance } from 'ky'
import { startSite, type Site } from './support.ts'

/** The signature that all clients have in common. */
export type Client = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Makes a client for a site. */
export type Make<Kind extends Client> = (site: Site) => Kind | Promise<Kind>

/** Clients by name. */
export type Clients<Kind extends Client> = readonly (readonly [name: string, make: Make<Kind>])[]

/** A custom fetch that reads only its first argument, like mocks and in-process apps. */
export const onlyRequest: typeof fetch = (request) => fetch(request)

/** A custom fetch that passes on both arguments. */
export const both: typeof fetch = (request, init) => fetch(request, init)

const auth = (site: Site) => orangeAuth(site.client)

/** Clients made of ky, with its default retry. */
export const kyClients: Clients<KyInstance> = [
  ['ky', (site) => ky.extend(auth(site))],
  ['ky with a fetch that reads only the request', (site) => ky.create({ fetch: onlyRequest }).extend(auth(site))],
  ['ky with a fetch that passes on both arguments', (site) => ky.create({ fetch: both }).extend(auth(site))],
  ['ky with a second provider before it', async (site) => ky.extend(auth(await startSite())).extend(auth(site))],
  ['ky with a second provider after it', async (site) => ky.extend(auth(site)).extend(auth(await startSite()))],
]

/** Two clients without retry, so ky keeps no second copy of a request: with the platform's fetch and a custom one. */
export const kyClientsWithoutRetry: Clients<KyInstance> = [
  ['ky without retry', (site) => ky.extend(auth(site)).extend({ retry: 0 })],
  ['ky without retry, with a custom fetch', (site) => ky.create({ fetch: both, retry: 0 }).extend(auth(site))],
]

/** Clients made of a `fetch`. */
export const fetchClients: Clients<typeof fetch> = [
  ['bearerFetch', (site) => bearerFetch(orangeTokens(site.client))],
  [
    'bearerFetch with a Request and a fetch that reads only the request',
    (site) => {
      const authorized = bearerFetch(orangeTokens(site.client), onlyRequest)
      return (url, init) => authorized(new Request(url, init))
    },
  ],
  ['bearerFetch with a fetch that passes on both arguments', (site) => bearerFetch(orangeTokens(site.client), both)],
  [
    'bearerFetch around a bearerFetch for a second provider',
    async (site) => bearerFetch(orangeTokens(site.client), bearerFetch(orangeTokens((await startSite()).client))),
  ],
]
