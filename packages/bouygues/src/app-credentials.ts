import { clientCredentials, type Grant } from '@oauthkit/core'

/**
 * A token for the application itself, by client id and secret: the default.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication App credentials}
 */
export const appCredentials = (): Grant => clientCredentials()
