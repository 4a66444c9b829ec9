import type { TokenEvent } from '@oauthkit/core'
import { orangeAuth } from '@oauthkit/orange'
import ky, { type KyInstance } from 'ky'

/** The API that the calls of the page are for. */
export const shops = 'https://api.orange.com/poi/v1/shops?postalCode=35000'

/**
 * Makes the client whose calls the page sends. The page shows the same lines to its reader.
 *
 * @param fetch - sends calls and token requests to the emulator.
 * @param onEvent - receives what the token source tells.
 */
export const createClient = (fetch: typeof globalThis.fetch, onEvent: (event: TokenEvent) => void): KyInstance =>
  ky.create({ fetch }).extend(
    orangeAuth({
      clientId: 'emulated-client',
      clientSecret: 'emulated-secret',
      timeoutMs: 3000,
      fetch,
      onEvent,
    }),
  )
