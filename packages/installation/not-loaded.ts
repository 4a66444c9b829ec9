import { expect } from 'vitest'

const message = 'orange: the part of @oauthkit/core that uses the store could not be loaded'

/** The outcome of a call whose source cannot load the code for its store: an error that says so, and an event. */
export const notLoaded: { readonly answer: unknown; readonly events: readonly string[] } = {
  answer: expect.stringMatching(new RegExp(`^TOKEN_UNAVAILABLE ${message} \\(\\w+\\): try again later$`)),
  events: ['failed'],
}
