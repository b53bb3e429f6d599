import { expect, it } from 'vitest'
import { Sockets } from '../../src/room/sockets'

/** A socket whose other end takes nothing, beside one that reads. */
function fake(userId: string, bufferedAmount: number) {
  const log: unknown[] = []
  return {
    log,
    readyState: WebSocket.OPEN,
    bufferedAmount,
    deserializeAttachment: () => ({ userId, expiresAt: Number.POSITIVE_INFINITY }),
    send: (text: string) => log.push(text),
    close: (code: number, reason: string) => log.push([code, reason]),
  }
}

it('a reader that does not read is closed with 4408; the others are served', () => {
  const stalled = fake('bo', 1024 * 1024 + 1)
  const reading = fake('ana', 1024 * 1024)
  const gone: string[] = []
  const ctx = {
    getWebSockets: () => [stalled, reading],
    setWebSocketAutoResponse: () => {},
  } as unknown as DurableObjectState
  const sockets = new Sockets(ctx, (userId) => gone.push(userId))
  sockets.broadcast({ live: [{ type: 'typing', userId: 'ana' }] }, 0)
  sockets.broadcast({ live: [{ type: 'typing', userId: 'ana' }] }, 0)
  expect(stalled.log).toEqual([[4408, 'too_slow']])
  expect(reading.log.length).toBe(2)
  expect([gone, sockets.isOnline('bo')]).toEqual([['bo'], false])
})
