import type { Hono } from 'hono'
import { bouygues } from './bouygues/bouygues.ts'
import type { BouyguesSettings } from './bouygues/bouygues-settings.ts'
import { type Clock, createClock } from './clock.ts'
import { createApp } from './create-app.ts'
import { createEmulation, type RunningProvider } from './create-emulation.ts'
import { digitaleo } from './digitaleo/digitaleo.ts'
import type { DigitaleoSettings } from './digitaleo/digitaleo-settings.ts'
import type { Emulation, EmulationOptions } from './emulation.ts'
import type { GenericOptions } from './generic/generic-options.ts'
import { emulateProvider } from './generic/generic.ts'
import type { OpenIdSettings } from './openid/openid-settings.ts'
import { intercept } from './intercept.ts'
import { orange } from './orange/orange.ts'
import { abortable } from './wait.ts'

/** The options of each provider. */
export type EmulatorOptions = {
  /**
   * Orange.
   *
   * @defaultValue One client, and the token lifetime that Orange documents.
   */
  readonly orange?: EmulationOptions
  /**
   * Digitaleo.
   *
   * @defaultValue One client, and the token lifetime that Digitaleo documents.
   */
  readonly digitaleo?: EmulationOptions
  /**
   * Bouygues Telecom.
   *
   * @defaultValue One client with a secret, none with a key, and the token lifetime that Bouygues Telecom documents.
   */
  readonly bouygues?: EmulationOptions
  /**
   * Providers of your own, each by a name for its controls. Each needs hosts of its own.
   *
   * @defaultValue None.
   */
  readonly providers?: Readonly<Record<string, GenericOptions>>
}

/** The emulated providers, their clock, and the ways to send them requests. */
export type Emulator<Names extends string = string> = {
  /**
   * A `fetch` that answers for the emulated hosts at their real addresses, in process.
   *
   * For another host, it rejects with `TypeError('fetch failed')`, like a network error. So it does for `http:`, unless the
   * provider names the host in `insecureHosts`. It does not follow redirects.
   */
  readonly fetch: typeof fetch
  /**
   * Puts the emulator into the place of the global `fetch`, so that your app needs no options for a test. Requests to loopback
   * are sent as usual. Requests to all other hosts that are not emulated are refused, so that no test reaches the network by
   * mistake.
   *
   * @returns a function that puts the platform's `fetch` back.
   * @throws `Error` if another emulator is in its place.
   * @example
   * ```ts
   * import { createEmulator } from '@oauthkit/emulator'
   * import { orangeAuth } from '@oauthkit/orange'
   * import ky from 'ky'
   *
   * const restore = createEmulator().intercept()
   * const api = ky.extend(orangeAuth({ clientId: 'emulated-client', clientSecret: 'emulated-secret' }))
   * console.log(await api.get('https://api.orange.com/poi/v1/shops?postalCode=35000').json())
   * restore() // in Vitest: onTestFinished(restore)
   * ```
   */
  readonly intercept: () => () => void
  /** The hono app that a server serves: each host under a path of its name, and the control API under `/control`. */
  readonly app: Hono
  /** The emulated hosts, such as `api.orange.com`. */
  readonly hosts: readonly string[]
  /** The one clock of all providers. */
  readonly clock: Clock
  /** The controls of Orange. */
  readonly orange: Emulation & OpenIdSettings
  /** The controls of Digitaleo. */
  readonly digitaleo: Emulation & DigitaleoSettings
  /** The controls of Bouygues Telecom. */
  readonly bouygues: Emulation & BouyguesSettings
  /** The controls of the providers of your own, by their names. */
  readonly providers: Readonly<Record<Names, Emulation & OpenIdSettings>>
}

/**
 * Starts to emulate the providers. No token is issued yet.
 *
 * @example
 * ```ts
 * import { createEmulator } from '@oauthkit/emulator'
 * import { orangeAuth } from '@oauthkit/orange'
 * import ky from 'ky'
 *
 * const { fetch } = createEmulator()
 * const client = { clientId: 'emulated-client', clientSecret: 'emulated-secret', fetch }
 * const api = ky.create({ fetch }).extend(orangeAuth(client))
 * console.log(await api.get('https://api.orange.com/poi/v1/shops?postalCode=35000').json())
 * ```
 */
export function createEmulator<Names extends string = never>(
  options: EmulatorOptions & { readonly providers?: Readonly<Record<Names, GenericOptions>> } = {},
): Emulator<Names> {
  const clock = createClock()
  const providers = {
    orange: createEmulation(orange, clock, options.orange),
    digitaleo: createEmulation(digitaleo, clock, options.digitaleo),
    bouygues: createEmulation(bouygues, clock, options.bouygues),
  }
  const own = Object.entries<GenericOptions>(options.providers ?? {}).map(([name, generic]) =>
    createEmulation(emulateProvider(name, generic), clock, generic),
  )
  const running = [...Object.values(providers), ...own]
  checkUnique(running)
  const hosts = running.flatMap((one) => one.hosts)
  const inProcess: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const { protocol, host, origin, pathname } = new URL(request.url)
    const isOpen = ({ insecureHosts = [] }: RunningProvider) => protocol === 'https:' || insecureHosts.includes(host)
    const reached = running.find((one) => one.hosts.includes(host) && isOpen(one))
    if (!reached) throw new TypeError('fetch failed', { cause: new Error(`No emulated host at ${origin}`) })
    const address = { host, path: pathname, addressOf: (url: string) => url }
    return abortable(reached.handle(request, address), request.signal)
  }

  return {
    fetch: inProcess,
    intercept: () => intercept(inProcess, hosts),
    app: createApp(running, clock),
    hosts,
    clock,
    orange: providers.orange.emulation,
    digitaleo: providers.digitaleo.emulation,
    bouygues: providers.bouygues.emulation,
    providers: Object.fromEntries(own.map(({ name, emulation }) => [name, emulation])) as Emulator<Names>['providers'],
  }
}

/**
 * Checks that each provider has a name and hosts of its own.
 *
 * @throws `TypeError` if one does not.
 */
function checkUnique(running: readonly RunningProvider[]): void {
  const names = running.map(({ name }) => name)
  const hosts = running.flatMap((one) => one.hosts)
  for (const list of [['clock', ...names], hosts]) {
    const twice = list.find((one, index) => list.indexOf(one) !== index)
    if (twice !== undefined) throw new TypeError(`Two emulated providers have the same name or host: ${twice}`)
  }
}
