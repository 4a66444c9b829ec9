import type { Lab } from './lab.ts'

/** Something that happens to 200 calls. */
export type Scene = {
  /** Its name, on a button and in the table of the page. */
  readonly name: string
  /** What happens, in one sentence. */
  readonly text: string
  /** Sends the calls, and breaks something. */
  readonly run: (lab: Lab) => Promise<void>
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** How many calls a scene sends in a second. */
const perSecond = 50

/** The scenes. The first one is the main one. */
export const scenes = [
  {
    name: 'Revoke the token',
    text: 'The server revokes the token after 100 of 200 calls.',
    run: async ({ send, faults }) => {
      await send(100, perSecond)
      faults.revoke()
      await send(100, perSecond)
    },
  },
  {
    name: 'All at once',
    text: '200 calls start at the same moment, without a token. The server revokes it, and 200 more start.',
    run: async ({ sendAtOnce, settled, faults }) => {
      sendAtOnce(200)
      await settled()
      await pause(1500)
      faults.revoke()
      sendAtOnce(200)
    },
  },
  {
    name: 'A hiccup',
    text: 'The server revokes the token, and the token endpoint answers the next request with 503.',
    run: async ({ send, faults }) => {
      await send(100, perSecond)
      faults.failOnce()
      faults.revoke()
      await send(100, perSecond)
    },
  },
  {
    name: 'An outage',
    text: 'Tokens live ten seconds, and the token endpoint answers 500 after 30 of 200 calls.',
    run: async ({ send, faults }) => {
      faults.setShort(true)
      await send(30, 30)
      faults.setEndpoint('fails')
      await send(170, 30)
    },
  },
  {
    name: 'Nothing helps',
    text: 'The API rejects every token after 100 of 200 calls.',
    run: async ({ send, faults }) => {
      await send(100, perSecond)
      faults.setApi('rejects')
      await send(100, perSecond)
    },
  },
] as const satisfies readonly Scene[]

/** Runs a scene until each of its calls has ended. */
export const runScene = (lab: Lab, scene: Scene): Promise<void> =>
  lab.whileBusy(async () => {
    await scene.run(lab)
    await lab.settled()
  })
