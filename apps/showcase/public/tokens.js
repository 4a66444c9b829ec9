// Keeps the tokens page up to date. Without this script, the page shows the state at the time when it was loaded.
const stream = document.querySelector('#stream')
const state = document.querySelector('#stream-state')
const pause = document.querySelector('#pause')
const news = document.querySelector('#news')
const isCalm = matchMedia('(prefers-reduced-motion: reduce)')

/** How often the charts move if the user wants less motion, in milliseconds. Events are shown at once. */
const calmMs = 10_000

let source
let drawnAt = 0

function show({ data }) {
  const message = JSON.parse(data)
  const hasNews = message.news.length > 0
  if (isCalm.matches && !hasNews && Date.now() - drawnAt < calmMs) return
  drawnAt = Date.now()
  for (const { id, html } of message.tokens) {
    const element = document.getElementById(id)
    // The server's templates made this markup, and they escape all values.
    if (element) element.innerHTML = html
  }
  if (hasNews) news.textContent = message.news.join('. ')
}

function open() {
  source = new EventSource('/tokens/events')
  source.addEventListener('open', () => (state.textContent = 'Live'))
  // The browser connects again by itself, unless the response was an error.
  source.addEventListener('error', () => (state.textContent = 'Not connected'))
  source.addEventListener('message', show)
}

pause.addEventListener('click', () => {
  const isPaused = pause.getAttribute('aria-pressed') !== 'true'
  pause.setAttribute('aria-pressed', String(isPaused))
  if (isPaused) {
    source.close()
    state.textContent = 'Paused'
  } else open()
})

// The page sends its forms without a navigation, so that the focus stays where it is.
document.addEventListener('submit', async (event) => {
  const form = event.target
  if (!form.matches('.actions')) return
  event.preventDefault()
  const body = new URLSearchParams(new FormData(form, event.submitter))
  try {
    const response = await fetch(form.getAttribute('action'), {
      method: 'POST',
      body,
      headers: { Accept: 'application/json' },
    })
    if (response.ok) return
    const { title } = await response.json()
    news.textContent = title
    state.textContent = title
  } catch {
    state.textContent = 'Not connected'
  }
})

document.querySelector('#still').hidden = true
stream.hidden = false
open()
addEventListener('pagehide', () => source.close())
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && pause.getAttribute('aria-pressed') !== 'true') open()
})
