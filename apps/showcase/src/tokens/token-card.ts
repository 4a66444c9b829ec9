import { html, type Html } from '../pages/html.ts'
import { duration } from './duration.ts'
import { timelineChart } from './timeline-chart.ts'
import type { TokenState } from './token-history.ts'

/** How many events are listed. */
const shownEntries = 5

/** Creates the part of the page about one token. @param canAct - whether to show the buttons. */
export const tokenCard = (state: TokenState, canAct: boolean, now: number): Html =>
  html`<section class="card" aria-labelledby="${state.id}-title">
    <div class="card-head">
      <h2 id="${state.id}-title">${state.title}</h2>
      <p class="tag ${state.mode}">${state.mode}</p>
    </div>
    <p class="hint">${state.grant}</p>
    <div id="${state.id}-live">${liveToken(state, now)}</div>
    ${canAct && actions(state)}
  </section>`

/** Creates the part of it that changes. */
export const liveToken = (state: TokenState, now: number): Html =>
  html`<dl class="figures">
      ${figure('Fingerprint', state.fingerprint ? html`<code>${state.fingerprint}</code>` : 'no token')}
      ${figure('Age', state.obtainedAt === undefined ? '–' : duration(now - state.obtainedAt))}
      ${figure('Time to live', timeToLive(state, now))} ${figure('Renewals', state.renewals)}
      ${figure('Replays', state.replays)} ${figure('Calls saved', state.callsSaved)}
    </dl>
    ${timelineChart(state, now)} ${events(state, now)}`

const figure = (name: string, value: string | number | Html): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

function timeToLive({ expiresAt, fingerprint }: TokenState, now: number): string {
  if (expiresAt === undefined || fingerprint === undefined) return '–'
  return expiresAt <= now ? 'expired: the next call renews it' : duration(expiresAt - now)
}

const events = ({ entries, title }: TokenState, now: number): Html =>
  entries.length === 0
    ? html`<p class="hint">Nothing has happened yet. The first call requests a token.</p>`
    : html`<ol class="events" aria-label="Last events: ${title}">
        ${entries
          .slice(-shownEntries)
          .toReversed()
          .map(
            ({ at, mark, text }) => html`<li class="${mark}">${text} <span class="hint">${ago(now - at)}</span></li>`,
          )}
      </ol>`

const ago = (ms: number): string => (ms < 1000 ? 'just now' : `${duration(ms)} ago`)

// The buttons name the token, because screen readers can read each button alone.
const actions = ({ id, title }: TokenState): Html =>
  html`<form class="actions" method="post" action="/tokens/${id}" aria-label="${title}">
    <button name="action" value="call">Call<span class="hidden"> – ${title}</span></button>
    <button name="action" value="revoke" class="plain">Revoke<span class="hidden"> – ${title}</span></button>
    <button name="action" value="expire" class="plain">Expire<span class="hidden"> – ${title}</span></button>
  </form>`
