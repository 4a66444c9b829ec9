/** Splits an `Authorization` header at its first blank; both parts are empty where there is no header. */
export function splitAuthorization(header: string | null): { scheme: string; value: string } {
  const [scheme = '', ...rest] = (header ?? '').split(' ')
  return { scheme, value: rest.join(' ') }
}
