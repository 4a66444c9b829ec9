import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/page.ts'
import type { Mode } from '../providers/clients.ts'

/** Something that the app can do, if its provider is configured. */
export type Feature = {
  readonly title: string
  readonly path: string
  readonly provider: string
  /** How its tokens are got. */
  readonly grant: string
  /** `undefined`: not configured. */
  readonly mode: Mode | undefined
  /** What to set in the environment. */
  readonly variables: readonly string[]
}

/** What the first page tells. */
export type Home = {
  readonly features: readonly Feature[]
  readonly hasTokensPage: boolean
  /** Where tokens and sessions are kept. */
  readonly store: string
}

/** Makes the first page. */
export const homePage = ({ features, hasTokensPage, store }: Home): Page => ({
  title: 'Start',
  content: html`<h1>Three telecom APIs, and no token in sight</h1>
    <p class="lead">
      A sample for oauthkit: an Express app that signs users in at Bouygues Telecom, and calls Orange, Digitaleo and
      Bouygues Telecom. Its tokens are got, kept, renewed and replaced on the server.
    </p>
    <ul class="features">
      ${features.map(feature)}
    </ul>
    ${
      features.some(({ mode }) => mode === 'emulated') &&
      html`<h2>Try it</h2>
        <p>
          No credentials are needed: the emulated user is <code>emulated-user</code>, with the password
          <code>emulated-password</code>.
        </p>`
    }
    <p>
      Tokens are kept ${store === 'memory' ? 'in memory' : `in ${store}`}, encrypted.
      ${hasTokensPage && html`See <a href="/tokens">what happens to them</a>, as it happens.`}
    </p>`,
})

const feature = ({ title, path, provider, grant, mode, variables }: Feature): Html =>
  html`<li class="card">
    <div class="card-head">
      <h2>${mode ? html`<a href="${path}">${title}</a>` : title}</h2>
      <p class="tag ${mode ?? 'off'}">${mode ?? 'not configured'}</p>
    </div>
    <p>${provider}</p>
    <p class="hint">
      ${mode ? grant : html`Set ${variables.map((name, index) => html`${index > 0 && ' and '}<code>${name}</code>`)}.`}
    </p>
  </li>`
