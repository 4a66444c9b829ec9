import type { LoginFailure } from './failure.ts'

/** Returns a page that tells the user what went wrong, with a link to sign in again. */
export function errorPage({ status, message, reason }: LoginFailure, loginUrl: string): Response {
  const link = reason === 'method' || reason === 'cross-site' ? '' : `<p><a href="${escape(loginUrl)}">Sign in</a></p>`
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sign in</title>
<body style="font-family: system-ui; max-width: 35rem; margin: 4rem auto; padding: 0 1rem">
<h1>Sign in</h1>
<p>${escape(message)}</p>
${link}
</body>
</html>
`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    },
  })
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escape = (text: string) => text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character)
