import type { Provider } from '@oauthkit/core'
import { emulated } from '@oauthkit/emulator'
import { orange } from '@oauthkit/orange'
import { inject, onTestFinished } from 'vitest'
import type { SiteCommands } from '../server/site.ts'

/** A server of its own origin with an emulated Orange, which one test has to itself. */
export type Site = {
  /** Its origin. */
  readonly url: string
  /** An API that tells what arrived. */
  readonly echo: string
  /** A client that it knows. */
  readonly client: Client
  /** Does something to it from outside. */
  readonly control: <Name extends keyof SiteCommands>(
    name: Name,
    ...args: Parameters<SiteCommands[Name]>
  ) => Promise<Result<Name>>
}

type Client = { readonly provider: Provider; readonly clientId: string; readonly clientSecret: string }

type Result<Name extends keyof SiteCommands> = Awaited<ReturnType<SiteCommands[Name]>>

/** What the API at {@link Site.echo} answers. */
export type Echo = {
  readonly method: string
  readonly contentType: string | null
  readonly length: number
  readonly text: string
  /** The scheme of the `Authorization` header. */
  readonly authorization: string
  /** What a form held. */
  readonly form?: readonly (readonly [string, unknown])[]
}

/** Whether this is a page in a browser, which can send and see less than the others. */
export const isBrowser = 'document' in globalThis

/** Starts a site, which ends with the test. */
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

/** Has the hub do something. */
export async function askHub<Answer>(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`The hub answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Answer
}

/** Makes a list of so many. */
export const times = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number))

/** The error a promise rejects with. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
