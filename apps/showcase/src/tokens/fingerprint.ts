import { createHash } from 'node:crypto'

/** Makes a short text that differs from token to token. It does not reveal the token. */
export const fingerprint = (accessToken: string): string =>
  createHash('sha256')
    .update(accessToken)
    .digest('hex')
    .slice(0, 8)
    .replace(/(.{4})(?=.)/g, '$1 ')
