/** What a wrong client secret can look like, and what to do about it. */
const shapes: readonly (readonly [looksSo: (secret: string) => boolean, hint: string])[] = [
  [(secret) => /^(basic|bearer)\s/i.test(secret), 'seems to be a whole header: give the secret alone'],
  [(secret) => /^(["'`]).*\1$/s.test(secret), 'has quotes around it: remove them'],
  [(secret) => /\\[nr]$/.test(secret), 'ends with an escaped line break: remove it'],
  [(secret) => secret.startsWith('-----BEGIN'), 'seems to be a private key: the client then needs another clientAuth'],
  [(secret) => /%[0-9a-f]{2}/i.test(secret), 'seems to be percent-encoded: give it as the provider shows it'],
  [isPair, 'seems to be id and secret in base64: give the secret alone'],
]

/** Guesses from its shape why a client secret was refused. The text shows nothing of the secret. */
export function credentialHint(clientSecret: string | undefined): string {
  const found = clientSecret === undefined ? undefined : shapes.find(([looksSo]) => looksSo(clientSecret))
  return found ? `; the clientSecret ${found[1]}` : ''
}

function isPair(secret: string): boolean {
  if (!/^[\w+/-]{8,}={0,2}$/.test(secret) || secret.length % 4 !== 0) return false
  return /^[\x21-\x39\x3B-\x7E]+:[\x21-\x7E]+$/.test(atob(secret.replaceAll('-', '+').replaceAll('_', '/')))
}
