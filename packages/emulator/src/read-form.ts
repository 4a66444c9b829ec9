import { mediaTypes } from './media-types.ts'

/**
 * Reads a form, or says what is wrong with it.
 *
 * @see RFC 6749 §3.2
 */
export async function readForm(request: Request): Promise<URLSearchParams | string> {
  if (mediaTypes(request.headers.get('Content-Type')).join() !== 'application/x-www-form-urlencoded') {
    return 'The body must be application/x-www-form-urlencoded'
  }
  const form = new URLSearchParams(await request.text())
  const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1)
  return repeated === undefined ? form : `Repeated parameter ${repeated}`
}
