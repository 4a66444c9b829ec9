import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { createClient, shops } from './client.ts'
import { createFaults } from './faults.ts'
import { createNetwork } from './network.ts'
import { countCalls, createRecord, say, summarize, type Call } from './record.ts'
import { describeEvent } from './words.ts'

/** How often calls are sent, in milliseconds, and how many at most each time if the tab was busy. */
const tickMs = 20
const mostEachTick = 5

/** One run of the page: a client, the emulated servers that it calls, and what has happened. */
export type Lab = ReturnType<typeof createLab>

/**
 * Starts the emulated servers, and makes a client that calls them.
 *
 * @param onChange - is called each time that something has happened.
 * @param emulator - the emulated servers. By default, new ones.
 */
export function createLab(onChange: () => void = () => {}, emulator: Emulator = createEmulator()) {
  const record = createRecord()
  const faults = createFaults(emulator, record)
  const api = createClient(createNetwork(emulator, faults, record), (event) => {
    const text = describeEvent(event, record.tokens.length)
    if (text) say(record, text)
  })
  const calling = new Set<Promise<void>>()
  let active = 0
  let isEnded = false
  const changed = () => {
    if (!isEnded) onChange()
  }

  /** Runs work. While any work runs, the lab is busy. */
  const whileBusy = async (work: () => Promise<unknown>): Promise<void> => {
    // After a pause, the timeline begins again.
    if (active === 0) record.from = Date.now()
    active += 1
    changed()
    await work()
    active -= 1
    record.until = Date.now()
    changed()
  }

  const call = async () => {
    const made: Call = { sentAt: Date.now(), attempts: 0, outcome: 'waiting' }
    const number = record.calls.push(made) - 1
    try {
      await api.get(`${shops}&call=${number}`).json()
      made.outcome = made.attempts > 1 ? 'replayed' : 'answered'
    } catch {
      // The events tell why.
      made.outcome = 'failed'
    }
  }

  const sendAtOnce = (count: number) => {
    if (isEnded) return
    for (let sent = 0; sent < count; sent += 1) {
      const sending = whileBusy(call).finally(() => calling.delete(sending))
      calling.add(sending)
    }
  }

  /** Sends calls, some each second. Resolves when the last one is sent. */
  const send = (count: number, perSecond: number): Promise<void> =>
    whileBusy(
      () =>
        new Promise<void>((resolve) => {
          const startedAt = Date.now()
          let sent = 0
          const timer = setInterval(() => {
            const due = Math.floor(((Date.now() - startedAt) * perSecond) / 1000)
            const next = Math.min(count, due, sent + mostEachTick)
            sendAtOnce(next - sent)
            sent = next
            if (sent < count && !isEnded) return
            clearInterval(timer)
            resolve()
          }, tickMs)
        }),
    )

  return {
    record,
    faults,
    send,
    sendAtOnce,
    /** Resolves when each call that was sent has ended. */
    settled: () => Promise.all(calling),
    whileBusy,
    isBusy: () => active > 0,
    /** The server's count of token requests. */
    tokenRequests: () => emulator.orange.counters.tokenRequests,
    /** What the calls have come to, as the table of the page has it. */
    summary: () => summarize(countCalls(record), emulator.orange.counters.tokenRequests),
    /** Sends no more calls, and lets those end that wait. */
    end: () => {
      isEnded = true
      faults.end()
    },
  }
}
