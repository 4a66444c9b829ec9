import { readForm } from './read-form.ts'

/**
 * Reads the form of a request to a token or revocation endpoint, or says what is wrong with it.
 *
 * @see RFC 6749 §2.3.1
 */
export const readTokenForm = async (request: Request): Promise<URLSearchParams | string> =>
  // URLs end up in logs.
  new URL(request.url).search ? 'The parameters belong into the body, not into the URL' : readForm(request)
