import { readFileSync } from 'node:fs'
import { createEmulator } from '@oauthkit/emulator'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { EndpointMode } from '../.vitepress/theme/break-it/faults.ts'
import { createLab, type Lab } from '../.vitepress/theme/break-it/lab.ts'
import { runScene, scenes } from '../.vitepress/theme/break-it/scenes.ts'
import { layOut, windowOf } from '../.vitepress/theme/break-it/timeline.ts'
import { viewOf } from '../.vitepress/theme/break-it/view.ts'
import { describeResult } from '../.vitepress/theme/break-it/words.ts'

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const page = read('../break-it.md')

beforeAll(async () => {
  // The first rejection and the first failure load more code. Later, with fake timers, it is there at once.
  const lab = createLab()
  lab.sendAtOnce(1)
  await lab.settled()
  lab.faults.setEndpoint('fails')
  lab.faults.revoke()
  lab.sendAtOnce(1)
  await lab.settled()
  lab.end()
})

let lab: Lab

beforeEach(() => {
  vi.useFakeTimers()
  lab = createLab()
})

afterEach(() => {
  lab.end()
  vi.useRealTimers()
})

/** Lets time pass until some work has ended. */
async function finish(work: Promise<unknown>): Promise<void> {
  const state = { isDone: false }
  const done = work.finally(() => {
    state.isDone = true
  })
  while (!state.isDone) await vi.advanceTimersByTimeAsync(10)
  await done
}

/** Sends calls at the same moment, and waits until they have ended. */
const callAndWait = (count: number) => {
  lab.sendAtOnce(count)
  return finish(lab.settled())
}

/** How long the last calls took, in milliseconds of fake time. */
const timed = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = Date.now()
  await work()
  return Date.now() - startedAt
}

const texts = () => lab.record.lines.map(({ text }) => text)
const counts = () => viewOf(lab).counts
const tokenRequests = () => lab.tokenRequests()

test.each(scenes)('the page has the scene "$name", and its result', async (scene) => {
  await finish(runScene(lab, scene))
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  expect(rows).toContainEqual(['', scene.name, scene.text, lab.summary(), ''])
  const { isBusy, sentAgain } = viewOf(lab)
  const { calls, lines } = lab.record
  expect(isBusy).toBe(false)
  expect(calls.filter(({ attempts }) => attempts > 2)).toEqual([])
  const told = lines.filter(
    ({ text }) => text === 'The API rejected the token. The call was sent again with a new one.',
  )
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(sentAgain)
})

test('the page shows the client that it runs', () => {
  const clientOf = (code: string) => /ky\.create\(.*?\n *\)\n/s.exec(code)?.[0].replaceAll(/\s+/g, ' ')
  expect(clientOf(page)).toContain('orangeAuth({')
  expect(clientOf(page)).toBe(clientOf(read('../.vitepress/theme/break-it/client.ts')))
})

test('the main scene says what happened', async () => {
  await finish(runScene(lab, scenes[0]))
  expect(texts()).toEqual([
    'There was no token. The source has token 1 now.',
    'The server revoked the token.',
    'A rejected token was renewed. The source has token 2 now.',
    'The API rejected the token. The call was sent again with a new one.',
  ])
  expect(counts().replayed).toBeGreaterThan(1)
  expect(viewOf(lab).status).toBe(
    `All 200 calls were answered, with 2 token requests. ${counts().replayed} calls were sent again.`,
  )
  expect(viewOf(lab).lines[0]?.count).toBe(counts().replayed)
})

test('a token that expires at the server is replaced, and the calls are sent again', async () => {
  await callAndWait(1)
  lab.faults.expire()
  await callAndWait(10)
  expect(counts()).toEqual({ waiting: 0, answered: 1, replayed: 10, failed: 0 })
  expect(tokenRequests()).toBe(2)
})

test('tokens that live ten seconds are renewed in the background after four, and no call waits', async () => {
  lab.faults.setShort(true)
  await callAndWait(1)
  await finish(lab.send(200, 20))
  await finish(lab.settled())
  expect(counts()).toEqual({ waiting: 0, answered: 201, replayed: 0, failed: 0 })
  expect(tokenRequests()).toBe(3)
  const [first = 0, second = 0] = lab.record.tokens.map(({ issuedAt }) => issuedAt)
  // The token is at the client 150 ms after it was issued, and lives 9850 ms there: 60 % of that before its end, it is
  // renewed by the next call.
  expect(second - first).toBeGreaterThanOrEqual(4090)
  expect(second - first).toBeLessThanOrEqual(4090 + 100)
  expect(texts()).toContain(
    'The token expires soon. It was renewed in the background, and no call waited. The source has token 3 now.',
  )
})

/** Breaks the token endpoint, and revokes the token that the client has. */
async function breakEndpoint(mode: EndpointMode): Promise<void> {
  await callAndWait(1)
  lab.faults.setEndpoint(mode)
  lab.faults.revoke()
}

test('while the token endpoint answers 500, one call a second tries again; after that, all calls are answered', async () => {
  await breakEndpoint('fails')
  await finish(lab.send(60, 20))
  await finish(lab.settled())
  expect(counts().failed).toBe(60)
  expect(tokenRequests()).toBeLessThanOrEqual(4)
  expect(tokenRequests()).toBeGreaterThanOrEqual(3)
  expect(texts()).toContain('The last renewal failed, and the next attempt is not due yet. The call fails at once.')
  lab.faults.restore()
  await vi.advanceTimersByTimeAsync(1000)
  await callAndWait(10)
  expect(counts()).toEqual({ waiting: 0, answered: 1, replayed: 10, failed: 60 })
})

test('if the token endpoint does not answer, calls fail after three seconds', async () => {
  await breakEndpoint('hangs')
  expect(await timed(() => callAndWait(10))).toBeGreaterThanOrEqual(3000)
  expect(counts().failed).toBe(10)
})

test('if the token endpoint answers again in time, the calls that waited are answered', async () => {
  await breakEndpoint('hangs')
  lab.sendAtOnce(10)
  await vi.advanceTimersByTimeAsync(2000)
  expect(counts().waiting).toBe(10)
  lab.faults.restore()
  await finish(lab.settled())
  expect(counts()).toEqual({ waiting: 0, answered: 1, replayed: 10, failed: 0 })
})

test('if the token endpoint refuses connections, the source asks three times within about a second', async () => {
  await breakEndpoint('unreachable')
  expect(await timed(() => callAndWait(10))).toBeLessThanOrEqual(1500)
  expect(counts().failed).toBe(10)
  expect(tokenRequests()).toBe(4)
})

test('if the token endpoint refuses the client, the source asks after one, two and four seconds', async () => {
  await breakEndpoint('refuses')
  await finish(lab.send(160, 20))
  await finish(lab.settled())
  expect(counts().failed).toBe(160)
  expect(tokenRequests()).toBe(5)
  const times = lab.record.tokenRequests.slice(1).map(({ sentAt }) => sentAt)
  const waits = times.slice(1).map((at, index) => Math.floor((at - (times[index] ?? 0)) / 1000))
  expect(waits).toEqual([1, 2, 4])
})

test('after a 429 with Retry-After: 3, the source sends no token request for three seconds', async () => {
  await breakEndpoint('limits')
  await finish(lab.send(50, 20))
  await finish(lab.settled())
  expect(counts().failed).toBe(50)
  expect(tokenRequests()).toBe(2)
  await vi.advanceTimersByTimeAsync(1000)
  lab.faults.restore()
  await callAndWait(10)
  expect(counts().replayed).toBe(10)
  expect(tokenRequests()).toBe(3)
})

test('after three revoked tokens, calls get the 401 for up to 30 seconds', async () => {
  await callAndWait(1)
  for (let revoked = 0; revoked < 4; revoked += 1) {
    lab.faults.revoke()
    await callAndWait(10)
  }
  expect(counts()).toEqual({ waiting: 0, answered: 1, replayed: 30, failed: 10 })
  expect(tokenRequests()).toBe(4)
  await vi.advanceTimersByTimeAsync(30_000)
  await callAndWait(10)
  expect(counts().replayed).toBe(40)
  expect(tokenRequests()).toBe(5)
})

test('an API that rejected every token accepts them again after a restore', async () => {
  await callAndWait(1)
  lab.faults.setApi('rejects')
  await callAndWait(10)
  expect(viewOf(lab).state).toEqual({ endpoint: 'works', api: 'rejects', isShort: false })
  lab.faults.restore()
  await callAndWait(10)
  expect(counts()).toEqual({ waiting: 0, answered: 11, replayed: 0, failed: 10 })
  expect(viewOf(lab).state).toEqual({ endpoint: 'works', api: 'works', isShort: false })
})

test('a 503 that was ordered is the answer to one token request only, also if the token endpoint fails then', async () => {
  lab.faults.setEndpoint('fails')
  lab.faults.failOnce()
  await callAndWait(1)
  lab.faults.restore()
  await vi.advanceTimersByTimeAsync(1000)
  await callAndWait(1)
  expect(counts()).toEqual({ waiting: 0, answered: 1, replayed: 0, failed: 1 })
})

test('no token and no secret is in what the page shows', async () => {
  const emulator = createEmulator()
  const secrets = ['emulated-secret', btoa('emulated-client:emulated-secret')]
  const watched: typeof fetch = async (input, init) => {
    const response = await emulator.fetch(input, init)
    const { access_token: token } = (await response.clone().json()) as { access_token?: string }
    if (token) secrets.push(token)
    return response
  }
  lab = createLab(() => {}, { ...emulator, fetch: watched })
  await finish(runScene(lab, scenes[0]))
  lab.faults.setEndpoint('refuses')
  lab.faults.revoke()
  await callAndWait(2)
  expect(secrets).toHaveLength(4)
  const view = viewOf(lab)
  const shown = JSON.stringify([view, layOut(view.record, view.now, 800)])
  expect(shown).toContain('token 2')
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([])
})

test('the timeline draws each call once, in its width, and names the tokens', async () => {
  await finish(runScene(lab, scenes[1]))
  const { record, now } = viewOf(lab)
  const { dots, tokens, requests, marks } = layOut(record, now, 800)
  const places = [...`${dots.answered}${dots.replayed}`.matchAll(/M([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ])
  expect(places).toHaveLength(400)
  expect(new Set(places.map(String)).size).toBe(400)
  expect(places.filter(([x = 0]) => x < 0 || x > 800)).toEqual([])
  expect(tokens.map(({ name, isEnded }) => [name, isEnded])).toEqual([
    ['token 1', true],
    ['token 2', false],
  ])
  expect(requests.map(({ is }) => is)).toEqual(['issued', 'issued'])
  expect(marks).toHaveLength(1)
})

test('the timeline shows five seconds, then more, and then moves in steps of five', () => {
  const shown = [0, 4.5, 5, 9, 18, 19, 23].map((seconds) => {
    const { start, spanMs } = windowOf({ ...lab.record, from: 0 }, seconds * 1000)
    return [start / 1000, spanMs / 1000]
  })
  expect(shown).toEqual([
    [0, 5],
    [0, 5],
    [0, 10],
    [0, 10],
    [0, 20],
    [5, 20],
    [10, 20],
  ])
})

test.each([
  [200, 0, 0, 1, 0, 'All 200 calls were answered, with 1 token request.'],
  [186, 14, 0, 2, 14, 'All 200 calls were answered, with 2 token requests. 14 calls were sent again.'],
  [90, 10, 20, 3, 30, '100 calls were answered, and 20 failed, with 3 token requests. 30 calls were sent again.'],
  [0, 0, 200, 0, 1, 'All 200 calls failed, with 0 token requests. 1 call was sent again.'],
] as const)('the result of %i, %i and %i calls, %i token requests and %i calls sent again is: %s', (...numbers) => {
  const [answered, replayed, failed, requests, sentAgain, text] = numbers
  expect(describeResult({ waiting: 0, answered, replayed, failed }, requests, sentAgain)).toBe(text)
})

test('in the timeline, what happens at the same moment has one label, and a label needs space', async () => {
  await finish(runScene(lab, scenes[2]))
  const labelsAt = (width: number) => {
    const { record, now } = viewOf(lab)
    return layOut(record, now, width).marks.map(({ label }) => label)
  }
  expect(labelsAt(800)).toEqual(['503 once, revoked'])
  expect(labelsAt(120)).toEqual([''])
})

test('the same line is counted, and not repeated, until something else is broken', async () => {
  await callAndWait(1)
  lab.faults.setApi('rejects')
  await callAndWait(40)
  await callAndWait(40)
  await callAndWait(40)
  await callAndWait(40)
  const repeated = texts().filter((text) => text.endsWith('the call gets the 401.'))
  expect(repeated).toHaveLength(1)
})

test('a tab that was busy does not send all late calls at once', async () => {
  const sending = lab.send(200, 50)
  await vi.advanceTimersByTimeAsync(20)
  vi.setSystemTime(Date.now() + 3000)
  await vi.advanceTimersByTimeAsync(20)
  expect(lab.record.calls).toHaveLength(6)
  await finish(sending)
  expect(lab.record.calls).toHaveLength(200)
  await finish(lab.settled())
})

test('a lab that has ended sends no more calls, and tells of no more changes', async () => {
  let changes = 0
  lab = createLab(() => {
    changes += 1
  })
  const running = runScene(lab, scenes[0])
  await vi.advanceTimersByTimeAsync(1000)
  expect(changes).toBeGreaterThan(0)
  lab.end()
  const { length } = lab.record.calls
  changes = 0
  await finish(running)
  expect(lab.record.calls).toHaveLength(length)
  expect(changes).toBe(0)
})
