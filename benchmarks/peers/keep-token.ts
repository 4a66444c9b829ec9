import { network, type Setting } from './peer.ts'

type Token = { readonly accessToken: string; readonly expiresAt: number }

/** Requests a token, as a careful user writes it by hand. */
export async function requestToken({ tokenOrigin, clientId }: Setting): Promise<Token> {
  const response = await network(`${tokenOrigin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:secret`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`)
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number }
  return { accessToken: access_token, expiresAt: Date.now() + expires_in * 1000 }
}

/** A token, kept until its end. Calls that need it at the same time share one token request. */
export function keepToken(request: () => Promise<Token>) {
  let token: Token | undefined
  let running: Promise<Token> | undefined
  const renew = async () => {
    running ??= request().finally(() => (running = undefined))
    token = await running
    return token.accessToken
  }
  const get = async () => (token && token.expiresAt > Date.now() ? token.accessToken : renew())
  return { get, renew }
}
