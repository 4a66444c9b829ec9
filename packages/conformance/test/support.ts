import type { Provider } from '@oauthkit/core'
import { emulated } from '@oauthkit/emulator'
import { orange } from '@oauthkit/orange'
import { inject, onTestFinished } from 'vitest'
import type { SiteCommands } from '../server/site.ts'

/** An emulated Orange with its own server and origin, which only one test uses. */
export type Site = {
  /** Its origin. */
  readonly url: string
  /** The URL of an API that answers with the request that it received, as {@link Echo}. */
  readonly echo: string
  /** The options of a client that it knows. */
  readonly client: Client
  /** Sends a command to it from outside. */
  readonly control: <Name extends keyof SiteCommands>(
    name: Name,
    ...args: Parameters<SiteCommands[Name]>
  ) => Promise<Result<Name>>
}

type Client = { readonly provider: Provider; readonly clientId: string; readonly clientSecret: string }

type Result<Name extends keyof SiteCommands> = Awaited<ReturnType<SiteCommands[Name]>>

/** The response of the API at {@link Site.echo}. */
export type Echo = {
  readonly method: string
  readonly contentType: string | null
  readonly length: number
  readonly text: string
  /** The scheme of the `Authorization` header. */
  readonly authorization: string
  /** The entries of a form. */
  readonly form?: readonly (readonly [string, unknown])[]
}

/** Whether this is a page in a browser. A page can send and read less than the other runtimes. */
export const isBrowser = 'document' in globalThis

/**
 * Whether each test takes long: in a browser and in workerd. There, a part of the clients and flows is in files
 * `*.long.test.ts`. On Node, Bun and Deno, every run has all of them.
 */
export const isSlow = isBrowser || globalThis.navigator?.userAgent === 'Cloudflare-Workers'

/** Starts a site, which stops at the end of the test. */
export async function startSite(): Promise<Site> {
  const sites = `${inject('hub')}/sites`
  const { id, url } = await askHub<{ id: string; url: string }>(sites, { method: 'POST' })
  onTestFinished(() => askHub(`${sites}/${id}`, { method: 'DELETE' }))

  return {
    url,
    echo: `${url}/api.orange.com/echo`,
    client: { provider: emulated(orange, url), clientId: 'emulated-client', clientSecret: 'emulated-secret' },
    control: <Name extends keyof SiteCommands>(name: Name, ...args: Parameters<SiteCommands[Name]>) =>
      askHub<{ result: Result<Name> }>(`${sites}/${id}/${name}`, { method: 'POST', body: JSON.stringify(args) }).then(
        ({ result }) => result,
      ),
  }
}

/** Sends a request to the hub, and returns its response. */
export async function askHub<Answer>(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`The hub answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Answer
}

/** Makes a list with `count` members. */
export const times = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number))

/** Returns the error that a promise rejects with. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('The promise did not reject')
    },
    (error: unknown) => error,
  )
