import { evictDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { Member } from '../../src/schemas/members'
import type { Live } from '../../src/schemas/socket'
import { SocketRegistry } from '../../src/sockets/socket-registry'
import { stopClock } from '../fixtures/clock'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

const NOW = 1_000_000

/** A registry of fake sockets, each with the time of its last ping; null for one that never pinged. */
function registryOf(pings: Record<string, number | null>) {
  const log: string[] = []
  const sockets = Object.keys(pings).map(
    (userId) =>
      ({
        readyState: WebSocket.OPEN,
        deserializeAttachment: () => ({ userId, expiresAt: Number.POSITIVE_INFINITY }),
        serializeAttachment: () => {},
        close: (code: number, reason: string) => log.push(`${userId} ${code} ${reason}`),
      }) as unknown as WebSocket,
  )
  const userOf = (socket: WebSocket) =>
    (socket.deserializeAttachment() as { userId: string }).userId
  const ctx = {
    getWebSockets: () => sockets,
    setWebSocketAutoResponse: () => {},
    getWebSocketAutoResponseTimestamp: (socket: WebSocket) => {
      const at = pings[userOf(socket)]
      return typeof at === 'number' ? new Date(at) : null
    },
  } as unknown as DurableObjectState
  return { registry: new SocketRegistry(ctx, (userId) => log.push(`${userId} gone`)), sockets, log }
}

it('a socket that pinged is dead 90 seconds after its last ping; one that never did cannot be judged', () => {
  const { registry, log } = registryOf({ ana: NOW - 89_999, bo: NOW - 90_000, cy: null })
  expect(registry.closeDead(NOW)).toBe(NOW - 90_000)
  expect(log).toEqual(['bo gone', 'bo 4408 silent'])
  expect(registry.onlineUserIds).toEqual(['ana', 'cy'])
})

it('a socket that sends commands is not dead, and a crowd that asks looks once in ten seconds', () => {
  const { registry, sockets, log } = registryOf({ ana: NOW - 100_000, bo: NOW - 80_000 })
  registry.identify(sockets[0] as WebSocket, NOW - 1000)
  expect(registry.closeDead(NOW)).toBe(null)
  expect(registry.closeDead(NOW + 10_000 - 1)).toBe(null)
  expect(log).toEqual([])
  expect(registry.closeDead(NOW + 10_000)).toBe(NOW - 80_000)
  expect(registry.closeDead(NOW + 200_000)).toBe(NOW - 1000)
  expect(registry.onlineCount).toBe(0)
})

it('a room says that who vanished is offline, to whoever asks and to those who are there', async () => {
  const { ana, bo, path, room, stub } = await createScenario()
  const [a, b] = [await connect(ana.token, room.id), await connect(bo.token, room.id)]
  let pongs = 0
  b.onPong = () => {
    pongs += 1
  }
  b.send('ping')
  await b.until(() => pongs === 1, 'pong')
  // The runtime keeps the time of the ping.
  await evictDurableObject(stub)
  stopClock(Date.now() + 91_000)
  const { items } = (await ana.get(`${path}/members`)).body as { items: Member[] }
  expect(items.map(({ user, online }) => [user.id, online])).toEqual([
    [ana.id, true],
    [bo.id, false],
  ])
  expect(await b.end()).toMatchObject({ code: 4408, reason: 'silent' })
  const isGone = (live: Live) => live.type === 'presence' && live.userId === bo.id && !live.online
  await a.until(() => a.live.some(isGone), 'bo is gone')
})
