import { createHash } from 'node:crypto'

/** Makes a short text that tells one token from another, and from which no token can be made. */
export const fingerprint = (accessToken: string): string =>
  createHash('sha256')
    .update(accessToken)
    .digest('hex')
    .slice(0, 8)
    .replace(/(.{4})(?=.)/g, '$1 ')
