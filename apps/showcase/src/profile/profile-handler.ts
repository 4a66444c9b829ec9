import type { RequestHandler } from 'express'
import { requireUser } from '../login/current-user.ts'
import { removeSession } from '../login/session-cookie.ts'
import { html, type Html } from '../pages/html.ts'
import { sendPage } from '../pages/send-page.ts'
import { ApiError } from '../providers/api-error.ts'
import { allowForms } from '../web/security-headers.ts'
import type { Usage } from './read-usage.ts'

/** The options of {@link profileHandler}. */
export type ProfileOptions = {
  /** Asks the API with the tokens of a user. */
  readonly usageOf: (user: string) => Promise<Usage>
  /** Returns the URL to which the log-out redirects. */
  readonly endSessionUrl: () => Promise<string>
  /** Whether browsers reach the app with TLS. */
  readonly isSecure: boolean
}

/** Answers `GET /profile`. */
export const profileHandler =
  ({ usageOf, endSessionUrl, isSecure }: ProfileOptions): RequestHandler =>
  async (request, response) => {
    const user = requireUser(request, response)
    const usage = usageOf(user.id).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      if (error.reason === 'signed-out') {
        removeSession(response, isSecure)
        throw error
      }
      request.log.warn({ reason: error.reason, why: error.message }, 'no usage')
      return undefined
    })
    // Without the provider, the log-out stays on this site.
    const logout = endSessionUrl().then(
      (url) => new URL(url).origin,
      () => undefined,
    )
    const [used, provider] = await Promise.all([usage, logout])
    if (provider !== undefined) allowForms(response, provider)
    sendPage(response, {
      title: 'Your profile',
      content: html`<h1>${user.name}</h1>
        <p class="lead">Your account at Bouygues Telecom.</p>
        <section class="card">
          <h2>Mobile data</h2>
          ${used ? meter(used) : html`<p>Your use of mobile data is not available at the moment.</p>`}
        </section>
        <section class="card">
          <h2>Account</h2>
          <dl class="facts">${Object.entries(user.profile).map(fact)}</dl>
        </section>
        <form method="post" action="/logout"><button class="plain">Sign out</button></form>`,
    })
  }

const fact = ([name, value]: readonly [string, string]): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd lang="fr">${value}</dd>
  </div>`

const meter = ({ usedMegabytes, includedMegabytes }: Usage): Html =>
  html`<p>
    <label for="usage">${gigabytes(usedMegabytes)} of ${gigabytes(includedMegabytes)} used</label>
    <meter id="usage" min="0" max="${includedMegabytes}" value="${usedMegabytes}"></meter>
  </p>`

const gigabytes = (megabytes: number): string => `${(megabytes / 1024).toFixed(1)} GB`
