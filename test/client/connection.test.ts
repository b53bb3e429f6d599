import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { waitOf } from '../../src/client/connection/back-off'
import { afterClose } from '../../src/client/connection/close-policy'
import { Connection, type SocketClass } from '../../src/client/connection/connection'
import { NetworkHints } from '../../src/client/connection/network-hints'
import { ProblemError } from '../../src/client/connection/problem-error'
import { closeCodes } from '../../src/schemas/close-codes'
import { FakeSocket } from './fixtures/socket'

let tokens: string[]
let tell: ((token: string, userId: string) => void) | undefined
let frames: unknown[]
let refused: (number | undefined)[]
let connection: Connection
let hints: NetworkHints

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  tokens = ['first', 'second']
  frames = []
  refused = []
  hints = new NetworkHints()
  connection = new Connection({
    url: () => 'ws://chat.test/socket',
    session: {
      token: async () => tokens[0] ?? '',
      replace: async () => {
        tokens.shift()
        if (!tokens[0]) throw new ProblemError({ code: 'unauthenticated', detail: 'No.' })
        return tokens[0]
      },
      onToken: (listener) => {
        tell = listener
        return () => {
          tell = undefined
        }
      },
    },
    WebSocket: FakeSocket as unknown as SocketClass,
    backOff: { base: 500, max: 30_000 },
    hints,
    onFrame: (frame) => frames.push(frame),
    onLost: () => {},
    onRefused: (code) => refused.push(code),
  })
})

afterEach(() => {
  connection.close()
  vi.useRealTimers()
})

async function opened() {
  connection.open()
  await settle()
  FakeSocket.last.opens()
  return FakeSocket.last
}

it('offers the token as a subprotocol, and pings at once and every 30 seconds', async () => {
  const socket = await opened()
  expect(socket.protocols).toEqual(['chat.v1', 'bearer.first'])
  expect(socket.sent).toEqual(['ping'])
  socket.says('pong')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(socket.sent).toEqual(['ping', 'ping'])
})

it('gives up a socket that does not answer a ping', async () => {
  const socket = await opened()
  await vi.advanceTimersByTimeAsync(10_500)
  expect(socket.readyState).toBe(3)
  expect(FakeSocket.all).toHaveLength(2)
})

it('waits twice as long after each socket that did not answer, until one does', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  await opened()
  for (const seconds of [10, 20, 40, 80, 80]) {
    const count = FakeSocket.all.length
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 5)
    expect(FakeSocket.all).toHaveLength(count)
    await vi.advanceTimersByTimeAsync(10)
    expect(FakeSocket.all).toHaveLength(count + 1)
    FakeSocket.last.opens()
  }
  FakeSocket.last.says('pong')
  await vi.advanceTimersByTimeAsync(34_100)
  expect(FakeSocket.all).toHaveLength(7)
  vi.restoreAllMocks()
})

it('gives up a socket that does not open', async () => {
  connection.open()
  await settle()
  const socket = FakeSocket.last
  await vi.advanceTimersByTimeAsync(15_500)
  expect(socket.readyState).toBe(3)
  expect(FakeSocket.all).toHaveLength(2)
  // Each time after as long: nothing says that this network is slow.
  await vi.advanceTimersByTimeAsync(16_500)
  expect(FakeSocket.all).toHaveLength(3)
})

it('pings no more than every 30 seconds while nothing happens', async () => {
  const socket = await opened()
  for (let pinged = 1; pinged <= 20; pinged += 1) {
    expect(socket.sent).toHaveLength(pinged)
    socket.says('pong')
    await vi.advanceTimersByTimeAsync(30_000)
  }
})

it('pings soon after a command that is followed by silence, and gives up soon after that', async () => {
  const socket = await opened()
  socket.says('pong')
  connection.send({ do: 'typing' })
  socket.says({ live: [] })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(socket.sent).toEqual(['ping', '{"do":"typing"}'])
  connection.send({ do: 'typing' })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(socket.sent.at(-1)).toBe('ping')
  await vi.advanceTimersByTimeAsync(4_500)
  expect(socket.readyState).toBe(3)
  expect(FakeSocket.all).toHaveLength(2)
})

it.each([600_000, -600_000])('pings at once when the clock has jumped by %i', async (ms) => {
  const socket = await opened()
  socket.says('pong')
  vi.setSystemTime(Date.now() + ms)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(socket.sent).toEqual(['ping', 'ping'])
})

it('pings, once, when a request failed, and gives up after four seconds', async () => {
  const socket = await opened()
  socket.says('pong')
  hints.doubt()
  await vi.advanceTimersByTimeAsync(3_000)
  hints.doubt()
  expect(socket.sent).toEqual(['ping', 'ping'])
  await vi.advanceTimersByTimeAsync(1_500)
  expect(FakeSocket.all).toHaveLength(2)
})

it('sends `auth` with each new token', async () => {
  const socket = await opened()
  tell?.('newer', 'ana')
  expect(socket.sent.at(-1)).toBe('{"do":"auth","token":"newer"}')
})

it('passes frames on, and ignores what is not JSON', async () => {
  const socket = await opened()
  socket.says('pong')
  socket.says('{')
  socket.says({ unknown: true })
  expect(frames).toEqual([{ unknown: true }])
})

it.each([1000, 4400, 4403, 4404, 4409])('stays away after %i', async (code) => {
  const socket = await opened()
  socket.closes(code)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(FakeSocket.all).toHaveLength(1)
  expect(refused).toEqual([code])
})

it.each([1006, 1012, 4408, 4999])('comes back after %i', async (code) => {
  const socket = await opened()
  socket.closes(code)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(FakeSocket.all).toHaveLength(2)
})

it('comes back with a new token after 4401, and stays away where there is none', async () => {
  const socket = await opened()
  socket.closes(4401, 'token_expired')
  await vi.advanceTimersByTimeAsync(1)
  expect(FakeSocket.last.protocols).toEqual(['chat.v1', 'bearer.second'])
  FakeSocket.last.opens()
  FakeSocket.last.closes(4401, 'unauthenticated')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.all).toHaveLength(2)
  expect(refused).toEqual([4401])
})

it('waits after 4429 as long as the reason says', async () => {
  const socket = await opened()
  socket.closes(4429, 'rate_limited; retryAfter=7')
  await vi.advanceTimersByTimeAsync(6_999)
  expect(FakeSocket.all).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(4_000)
  expect(FakeSocket.all).toHaveLength(2)
})

it('opens one socket, however often it is asked to come back', async () => {
  connection.open()
  connection.open()
  await settle()
  const socket = FakeSocket.last
  socket.opens()
  connection.restart()
  connection.restart()
  await vi.advanceTimersByTimeAsync(14_000)
  expect(FakeSocket.all).toHaveLength(2)
  connection.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.all).toHaveLength(2)
})

it('does not come back at once, again and again, where something is always missing', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1)
  await opened()
  connection.restart()
  await vi.advanceTimersByTimeAsync(1)
  for (const wait of [1_000, 2_000, 4_000]) {
    FakeSocket.last.opens()
    const count = FakeSocket.all.length
    connection.restart()
    await vi.advanceTimersByTimeAsync(wait - 5)
    expect(FakeSocket.all).toHaveLength(count)
    await vi.advanceTimersByTimeAsync(10)
    expect(FakeSocket.all).toHaveLength(count + 1)
  }
  random.mockRestore()
})

it('closes a socket that opens after nobody wants it', async () => {
  connection.open()
  await settle()
  connection.close()
  FakeSocket.last.opens()
  expect(FakeSocket.last.readyState).toBe(3)
  expect(FakeSocket.last.sent).toEqual([])
})

it('waits any time up to a bound that doubles', () => {
  const random = vi.spyOn(Math, 'random')
  for (const [value, attempt, wait] of [
    [0, 3, 0],
    [0.5, 0, 250],
    [1, 3, 4_000],
    [1, 20, 30_000],
  ] as const) {
    random.mockReturnValue(value)
    expect(waitOf({ base: 500, max: 30_000 }, attempt)).toBe(wait)
  }
  random.mockRestore()
})

it('does after each documented close code what is documented', () => {
  for (const [code, { next }] of Object.entries(closeCodes)) {
    const policy = afterClose(Number(code), '').next
    const documented = next.startsWith('Do not reconnect')
      ? 'stay-away'
      : next.startsWith('Refresh')
        ? 'refresh'
        : 'reconnect'
    expect([code, policy]).toEqual([code, documented])
  }
})

it('looks at once when the browser says that a network or the user is back', async () => {
  const page = new EventTarget()
  const { addEventListener, removeEventListener } = page
  vi.stubGlobal('addEventListener', addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', removeEventListener.bind(page))
  vi.stubGlobal('document', { visibilityState: 'hidden' })
  const socket = await opened()
  socket.says('pong')
  page.dispatchEvent(new Event('visibilitychange'))
  expect(socket.sent).toHaveLength(1)
  for (const [count, name] of ['offline', 'online', 'focus', 'pageshow'].entries()) {
    page.dispatchEvent(new Event(name))
    expect(socket.sent).toHaveLength(count + 2)
    socket.says('pong')
  }
  vi.spyOn(Math, 'random').mockReturnValue(1)
  for (const _ of [1, 2, 3, 4]) {
    FakeSocket.last.closes(1006)
    await vi.advanceTimersByTimeAsync(4_000)
  }
  const count = FakeSocket.all.length
  FakeSocket.last.closes(1006)
  page.dispatchEvent(new Event('offline'))
  await settle()
  expect(FakeSocket.all).toHaveLength(count)
  // Soon after an attempt, somebody who switches windows does not make another.
  page.dispatchEvent(new Event('focus'))
  await settle()
  expect(FakeSocket.all).toHaveLength(count)
  await vi.advanceTimersByTimeAsync(5_000)
  for (const name of ['visibilitychange', 'pageshow', 'focus']) {
    page.dispatchEvent(new Event(name))
    await settle()
  }
  expect(FakeSocket.all).toHaveLength(count + 1)
  FakeSocket.last.closes(1006)
  page.dispatchEvent(new Event('online'))
  await settle()
  expect(FakeSocket.all).toHaveLength(count + 2)
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
