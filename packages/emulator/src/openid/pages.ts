import { html, raw } from 'hono/html'
import { randomText } from '../random.ts'

/** A page for a browser. */
export type HtmlPage = {
  /** The HTTP status. */
  readonly status: number
  /** The title, as text. */
  readonly title: string
  /** The content. */
  readonly body: ReturnType<typeof html>
  /**
   * The place where forms may lead, in addition to this server, as a source of a content security policy.
   *
   * @defaultValue Nowhere.
   */
  readonly formTarget?: string
}

const STYLE = `:root{color-scheme:light dark;--accent:light-dark(#1f5fae,#8ab8f2)}
body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:light-dark(#f4f4f6,#10151b);color:light-dark(#1b1b1f,#e7ebf0)}
main{max-width:24rem;margin:4rem auto;padding:2rem;background:light-dark(#fff,#181f28);border-radius:.5rem}
h1{font-size:1.25rem;margin-top:0}label{display:block;margin-top:1rem}
input{box-sizing:border-box;width:100%;padding:.5rem;font:inherit}
button{margin:1.5rem .5rem 0 0;padding:.5rem 1rem;border:1px solid var(--accent);border-radius:.375rem;background:var(--accent);color:light-dark(#fff,#0d1722);font:inherit;cursor:pointer}
button[value=deny]{background:none;color:var(--accent)}
code{overflow-wrap:anywhere}
[role=alert]{color:light-dark(#a40014,#ff8a80)}`

/** Makes a page that runs no script, loads nothing from another server, and cannot be put in a frame. */
export async function htmlPage({ status, title, body, formTarget = '' }: HtmlPage): Promise<Response> {
  const nonce = randomText(16)
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    // Browsers also apply this to the URL to which a form's response redirects.
    `form-action 'self' ${formTarget}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return new Response(String(page), {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy.join('; '),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

/** The values that a sign-in page shows. */
export type LoginPage = {
  /** The name of the provider. */
  readonly title: string
  /** The client that asks the user to sign in. */
  readonly clientId: string
  /** The URL to which the user is sent afterwards. */
  readonly redirectUri: string
  /** The parameters of the authorization request that are not in the page's URL. */
  readonly hidden: URLSearchParams
  /** The reason why the last try failed, if one did. */
  readonly problem?: string | undefined
}

/** Makes the page with the form to sign in. The form is sent to the page's own URL. */
export function loginPage({ title, clientId, redirectUri, hidden, problem }: LoginPage): Promise<Response> {
  const { origin, protocol } = new URL(redirectUri)
  const fields = Array.from(hidden, ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
  const alert = problem === undefined ? '' : html`<p role="alert">${problem}</p> `
  return htmlPage({
    status: problem === undefined ? 200 : 403,
    title: `Sign in at ${title} (emulated)`,
    // A custom scheme of an app has no origin.
    formTarget: origin === 'null' ? protocol : origin,
    body: html`<p>${clientId} asks you to sign in.</p>
      ${alert}
      <form method="post">
        ${fields}
        <label for="user">User</label>
        <input id="user" name="user" autocomplete="username" required />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <button name="action" value="sign-in">Sign in</button>
        <button name="action" value="deny" formnovalidate>Deny</button>
      </form>`,
  })
}

/** Makes the page for a request that cannot be sent back to the client. A hint says what to do. */
export function errorPage(problem: string, status = 400, hint?: HtmlPage['body']): Promise<Response> {
  return htmlPage({
    status,
    title: 'This does not work',
    body: html`<p role="alert">${problem}.</p>
      ${hint ?? ''}`,
  })
}

/** Makes the page for a redirect URI that is not registered. Unlike a provider, it shows what is registered. */
export function unknownRedirectPage(
  clientId: string,
  redirectUri: string,
  known: readonly string[],
): Promise<Response> {
  const list = known.map((uri) => html`<li><code>${uri}</code></li>`)
  const call = `redirectUris.set('${clientId}', ['${redirectUri}'])`
  const hint = html`<p>It is <code>${redirectUri}</code>. These are registered for <code>${clientId}</code>:</p>
    <ul>
      ${list}
    </ul>
    <p>To register it, call <code>${call}</code> of this provider's controls in the emulator.</p>`
  return errorPage('The redirect_uri is not registered for this client', 400, hint)
}
