import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/page.ts'
import type { Mode } from '../providers/clients.ts'

/** A page of the app. It is there if its provider is configured. */
export type Feature = {
  readonly title: string
  readonly path: string
  /** What a visitor can do there. */
  readonly about: string
  readonly provider: string
  /** How the app gets its tokens. */
  readonly grant: string
  /** `undefined` if the provider is not configured. */
  readonly mode: Mode | undefined
  /** The variables to set in the environment. */
  readonly variables: readonly string[]
}

/** What the first page shows. */
export type Home = {
  readonly features: readonly Feature[]
  readonly hasTokensPage: boolean
  /** Where the tokens are kept. */
  readonly store: string
}

/** Creates the first page. */
export const homePage = ({ features, hasTokensPage, store }: Home): Page => ({
  title: 'Start',
  content: html`<h1>Three telecom APIs, and no token in sight</h1>
    <p class="lead">
      The showcase of oauthkit: an Express app that signs users in at Bouygues Telecom, and calls Orange, Digitaleo and
      Bouygues Telecom. On the server, oauthkit requests, keeps, renews and replaces the tokens.
    </p>
    <ul class="features">
      ${features.map(feature)}
    </ul>
    ${
      features.some(({ mode }) => mode === 'emulated') &&
      html`<h2>Try it</h2>
        <p>
          You need no credentials. Sign in as the emulated user: <code>emulated-user</code>, with the password
          <code>emulated-password</code>.
        </p>`
    }
    <p>
      The tokens are ${store === 'memory' ? 'in memory' : `in ${store}`}, encrypted.
      ${hasTokensPage && html`The <a href="/tokens">tokens page</a> shows live what happens to them.`}
    </p>`,
})

const feature = ({ title, path, about, provider, grant, mode, variables }: Feature): Html =>
  html`<li class="card">
    <div class="card-head">
      <h2>${mode ? html`<a href="${path}">${title}</a>` : title}</h2>
      <p class="tag ${mode ?? 'off'}">${mode ?? 'not configured'}</p>
    </div>
    <p>${about}</p>
    <p class="hint">
      ${provider}:
      ${mode ? grant : html`set ${variables.map((name, index) => html`${index > 0 && ' and '}<code>${name}</code>`)}.`}
    </p>
  </li>`
