import { splitAuthorization } from './split-authorization.ts'

/** The token after the word `Bearer`, letter for letter; `undefined` if there is none. */
export function readBearer(request: Request): string | undefined {
  const { scheme, value } = splitAuthorization(request.headers.get('Authorization'))
  return scheme === 'Bearer' && value !== '' ? value : undefined
}
