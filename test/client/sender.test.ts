import { expect, it, vi } from 'vitest'
import { Chat } from '../../src/client/chatroom-client'
import type { SocketClass } from '../../src/client/connection/connection'
import { snapshot } from './fixtures/messages'
import { FakeSocket } from './fixtures/socket'

const claims = btoa(JSON.stringify({ sub: 'ana', exp: 4_102_444_800 }))
const { room: harbour } = snapshot(0, [])
const online = { count: 1, users: ['ana'] }
const ready = { room: harbour, me: null, seq: 0, online, resumed: 'limited' }

async function opened() {
  const chat = new Chat('http://chat.test', {
    token: () => `head.${claims}.signature`,
    WebSocket: FakeSocket as unknown as SocketClass,
    backOff: { base: 1, max: 1 },
  })
  const room = chat.room('harbour')
  room.open()
  await vi.waitFor(() => FakeSocket.last)
  const socket = FakeSocket.last
  socket.opens()
  socket.says({ ready: { ...ready, snapshot: snapshot(0, []) } })
  return { chat, room, socket }
}

it('a message waits while a socket closes, and goes out over the next', async () => {
  const { chat, room, socket } = await opened()
  let looks = 0
  Object.defineProperty(socket, 'readyState', {
    get: () => {
      looks += 1
      // What never waits would end nowhere.
      if (looks > 100) throw new Error('It is asked again and again.')
      return 2
    },
  })
  room.send('into a socket that closes')
  await new Promise((resolve) => setTimeout(resolve))
  expect(room.unsent()).toMatchObject([{ status: 'pending' }])
  socket.onclose?.({ code: 1006, reason: '' })
  await vi.waitFor(() => expect(FakeSocket.last).not.toBe(socket))
  FakeSocket.last.opens()
  FakeSocket.last.says({ ready: { ...ready, resumed: 'replayed' } })
  await vi.waitFor(() => expect(FakeSocket.last.sent.join()).toContain('into a socket that closes'))
  chat.close()
})
