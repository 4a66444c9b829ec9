import type { RequestHandler } from 'express'
import { requireUser } from '../login/require-user.ts'
import { html, type Html } from '../pages/html.ts'
import { sendPage } from '../pages/send-page.ts'
import { ApiError } from '../providers/api-error.ts'
import type { Usage } from './read-usage.ts'

/** Answers `GET /profile`. @param readUsage - asks the API with the tokens of a user. */
export const profileHandler =
  (readUsage: (user: string) => Promise<Usage>): RequestHandler =>
  async (request, response) => {
    const user = requireUser(request)
    const usage = await readUsage(user.sub).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      if (error.reason === 'signed-out') {
        // The tokens are gone, so the session is of no use either.
        delete request.session.user
        throw error
      }
      request.log.warn({ reason: error.reason, why: error.message }, 'no usage')
      return undefined
    })
    sendPage(response, {
      title: 'Your profile',
      content: html`<h1>${user.name}</h1>
        <p class="lead">What Bouygues Telecom says of you.</p>
        <dl class="facts">${Object.entries(user.profile).map(fact)}</dl>
        <h2>Mobile data</h2>
        ${usage ? meter(usage) : html`<p>It cannot be told at the moment how much you have used.</p>`}
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
