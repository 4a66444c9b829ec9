import { escapeHtml, htmlPage } from './html-page.ts'

/** What the page is about. */
export type LoginPage = {
  /** Where the user signs in. */
  readonly title: string
  /** For which client. */
  readonly clientId: string
  /** Where the user is sent afterwards. */
  readonly redirectUri: string
  /** Parameters of the authorization request that are not in the page's URL. */
  readonly hidden: URLSearchParams
  /** What went wrong the last time, if anything did. */
  readonly problem?: string | undefined
}

/** Makes the page with the form to sign in, which is sent to the page's own URL. */
export function loginPage({ title, clientId, redirectUri, hidden, problem }: LoginPage): Response {
  const { origin, protocol } = new URL(redirectUri)
  const fields = Array.from(
    hidden,
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const alert = problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>\n`
  return htmlPage({
    status: problem === undefined ? 200 : 403,
    title: `Sign in at ${title} (emulated)`,
    // An app's own scheme has no origin.
    formTarget: origin === 'null' ? protocol : origin,
    body: `<p>${escapeHtml(clientId)} asks you to sign in.</p>
${alert}<form method="post">${fields.join('')}
<label for="user">User</label>
<input id="user" name="user" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button name="action" value="sign-in">Sign in</button>
<button name="action" value="deny" formnovalidate>Deny</button>
</form>`,
  })
}
