import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/page.ts'
import { tokenCard } from './token-card.ts'
import type { TokenState } from './token-history.ts'

/** Creates the page that shows the lives of tokens. @param canAct - whether a token has buttons. */
export function tokensPage(states: readonly TokenState[], canAct: (state: TokenState) => boolean): Page {
  const now = Date.now()
  return {
    title: 'Tokens',
    script: '/tokens.js',
    content: html`<h1>Tokens</h1>
      <p class="lead">
        This page shows live what happens to the tokens of this process. The tokens themselves stay on the server: each
        has a fingerprint, by which you can tell it from others.
      </p>
      <p class="hint" id="still">
        This is the state at the time when the page was loaded. Reload it to see the newest state.
      </p>
      <p class="stream" id="stream" hidden>
        <button type="button" class="plain" id="pause" aria-pressed="false">Pause</button>
        <span id="stream-state" role="status"></span>
      </p>
      <p id="news" class="hidden" aria-live="polite"></p>
      ${legend}
      <div class="cards">${states.map((state) => tokenCard(state, canAct(state), now))}</div>
      ${states.length === 0 && html`<p>No provider is configured.</p>`}`,
  }
}

const legend: Html = html`<ul class="legend" aria-label="Legend">
  <li>
    <svg class="mark renewed" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true"><circle r="5.5" /></svg
    >requested or renewed
  </li>
  <li>
    <svg class="mark rejected" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      <path d="M-5-5 5 5M5-5-5 5" /></svg
    >rejected, revoked or expired
  </li>
  <li>
    <svg class="mark trouble" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      <path d="M0-7 7 6H-7Z" /></svg
    >problem
  </li>
  <li>
    <svg width="16" height="16" aria-hidden="true">
      <rect class="life current" y="3" width="16" height="10" rx="3" /></svg
    >a token’s life
  </li>
  <li>
    <svg width="16" height="16" aria-hidden="true"><rect class="call" x="7" y="2" width="2" height="12" /></svg>calls
    served from memory
  </li>
</ul>`
