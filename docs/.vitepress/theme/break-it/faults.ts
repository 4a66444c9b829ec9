import type { Emulator, Scripted } from '@oauthkit/emulator'
import { endTokens, sayAct, type LabRecord } from './record.ts'

/** What the token endpoint can do. */
export type EndpointMode = 'works' | 'fails' | 'hangs' | 'unreachable' | 'refuses' | 'limits'

/** What the API can do. */
export type ApiMode = 'works' | 'rejects'

/** Each mode of the token endpoint: its name for the reader, and its name in the timeline. */
export const endpointModes: Readonly<Record<EndpointMode, { readonly name: string; readonly label: string }>> = {
  works: { name: 'answers as usual', label: 'works' },
  fails: { name: 'answers 500', label: '500' },
  hangs: { name: 'does not answer', label: 'hangs' },
  unreachable: { name: 'refuses connections', label: 'unreachable' },
  refuses: { name: 'refuses the client', label: 'refuses' },
  limits: { name: 'answers 429, with Retry-After: 3', label: '429' },
}

/** Each mode of the API. */
export const apiModes: Readonly<Record<ApiMode, { readonly name: string; readonly label: string }>> = {
  works: { name: 'accepts valid tokens', label: 'works' },
  rejects: { name: 'rejects every token', label: 'rejects all' },
}

const scripts: Partial<Record<EndpointMode, Scripted>> = {
  fails: { status: 500 },
  limits: { status: 429, headers: { 'Retry-After': '3' } },
  unreachable: () => {
    // This is what a browser says.
    throw new TypeError('Failed to fetch')
  },
}

/** How Orange's APIs reject a token that is not valid. */
const rejection = { status: 401, body: { code: 41, message: 'Invalid credentials' } }

/** The lifetimes of new tokens, in milliseconds. Orange's tokens live for an hour. */
const usualMs = 3_600_000
const shortMs = 10_000

/** Everything that a reader can break. */
export type Faults = ReturnType<typeof createFaults>

/** Makes what breaks the emulated servers. Each act is said in the record. */
export function createFaults({ orange, clock }: Emulator, record: LabRecord) {
  const clients = new Map(orange.clients)
  let endpoint: EndpointMode = 'works'
  let api: ApiMode = 'works'
  let next: Scripted | undefined
  let release = () => {}

  const switchEndpoint = (mode: EndpointMode) => {
    endpoint = mode
    release()
    release = mode === 'hangs' ? orange.holdTokenRequests() : () => {}
    for (const [id, secret] of clients) {
      if (mode === 'refuses') orange.clients.delete(id)
      else orange.clients.set(id, secret)
    }
  }
  const act = (text: string, label: string) => sayAct(record, text, label)

  return {
    state: () => ({ endpoint, api, isShort: orange.lifetimeMs === shortMs }),
    revoke: () => {
      orange.revoke()
      endTokens(record)
      act('The server revoked the token.', 'revoked')
    },
    expire: () => {
      clock.advance(usualMs)
      endTokens(record)
      act("The server's clock moved forward by an hour. The token has expired there.", 'expired')
    },
    failOnce: () => {
      next = { status: 503 }
      act('The token endpoint will answer the next request with 503.', '503 once')
    },
    setEndpoint: (mode: EndpointMode) => {
      switchEndpoint(mode)
      act(`The token endpoint now ${endpointModes[mode].name}.`, endpointModes[mode].label)
    },
    setApi: (mode: ApiMode) => {
      api = mode
      act(`The API now ${apiModes[mode].name}.`, apiModes[mode].label)
    },
    setShort: (isShort: boolean) => {
      orange.lifetimeMs = isShort ? shortMs : usualMs
      act(`New tokens now live ${isShort ? 'ten seconds' : 'an hour'}.`, isShort ? 'live 10 s' : 'live 1 h')
    },
    restore: () => {
      next = undefined
      api = 'works'
      orange.lifetimeMs = usualMs
      switchEndpoint('works')
      act('Everything works again.', 'restored')
    },
    /** Prepares the emulator for a token request that arrives now. */
    beforeTokenRequest: () => {
      const script = next ?? scripts[endpoint]
      next = undefined
      if (script) orange.answerTokenRequests(1, script)
    },
    /** Prepares the emulator for a call that arrives now. */
    beforeCall: () => {
      if (api === 'rejects') orange.answerApiCalls(1, rejection)
    },
    /** Lets requests that wait go, so that nothing is left. */
    end: () => release(),
  }
}
