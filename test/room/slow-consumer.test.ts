import { expect, it } from 'vitest'
import { SocketRegistry } from '../../src/sockets/socket-registry'

// `npm run test:faults` does the same to real sockets.

/** A socket that takes whatever it is sent; whether anybody reads it cannot be seen from here. */
function fake(userId: string) {
  const log: unknown[] = []
  const socket = {
    log,
    readyState: WebSocket.OPEN,
    deserializeAttachment: () => ({ userId, expiresAt: Number.POSITIVE_INFINITY }),
    serializeAttachment: () => {},
    send: (text: string) => log.push(text.length),
    close: (code: number, reason: string) => log.push([code, reason]),
  }
  return socket as typeof socket & WebSocket
}

it('a socket that receives megabytes without sending anything is closed with 4408; one that pings or posts is served', () => {
  const [stuck, pinging, speaking] = [fake('bo'), fake('ana'), fake('cy')]
  const gone: string[] = []
  let pings = 0
  const ctx = {
    getWebSockets: () => [stuck, pinging, speaking],
    setWebSocketAutoResponse: () => {},
    getWebSocketAutoResponseTimestamp: (socket: WebSocket) =>
      socket === pinging ? new Date(pings) : null,
  } as unknown as DurableObjectState
  const sockets = new SocketRegistry(ctx, (userId) => gone.push(userId))
  const user = { id: 'x', username: null, displayName: 'x', avatarUrl: null }
  const frame = { live: [{ type: 'typing' as const, userId: 'x'.repeat(1024 * 1024), user }] }
  for (let megabyte = 1; megabyte <= 30; megabyte += 1) {
    sockets.broadcast(frame, 0)
    sockets.identify(speaking, 0)
    pings += 1
  }
  expect(stuck.log.length).toBe(9)
  expect(stuck.log.at(-1)).toEqual([4408, 'too_slow'])
  expect([pinging.log.length, speaking.log.length]).toEqual([30, 30])
  expect([gone, sockets.isOnline('bo')]).toEqual([['bo'], false])
})
