/** The addresses of Orange's token endpoints, without `https://`; a token of one is no good for the APIs of another. */
export const orangeEndpoints = {
  /** For the APIs of `api.orange.com`. */
  machine: 'api.orange.com/oauth/v3/token',
  /** For the APIs of `inside01.api.orange.com`. */
  inside: 'inside01.api.orange.com/oauth/v3/token',
  /** For the APIs of the Network APIs Playground. */
  playground: 'api.orange.com/openidconnect/playground/v1.0/token',
  /** For users of Orange France, and the APIs that are about them. */
  france: 'api.orange.com/openidconnect/fr/v1/token',
} as const
