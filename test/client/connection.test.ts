import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { waitOf } from '../../src/client/connection/back-off'
import { afterClose } from '../../src/client/connection/close-policy'
import { Connection, type SocketClass } from '../../src/client/connection/connection'
import { ProblemError } from '../../src/client/connection/problem-error'
import { closeCodes } from '../../src/schemas/close-codes'
import { FakeSocket } from './fixtures/socket'

let tokens: string[]
let tell: ((token: string, userId: string) => void) | undefined
let frames: unknown[]
let refused: (number | undefined)[]
let connection: Connection

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  tokens = ['first', 'second']
  frames = []
  refused = []
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
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.all).toHaveLength(2)
  connection.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.all).toHaveLength(2)
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
