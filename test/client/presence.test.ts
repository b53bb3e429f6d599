import { beforeEach, expect, it, vi } from 'vitest'
import { Chat } from '../../src/client/chatroom-client'
import type { SocketClass } from '../../src/client/connection/connection'
import { FakeSocket } from './fixtures/socket'

const claims = btoa(JSON.stringify({ sub: 'ana', exp: 4_102_444_800 }))
const SEEN = '2026-11-22T20:41:07.000Z'
const counts = { rooms: 0, unread: 0, unreadMentions: 0, badge: 0 }
const unread = { ...counts, threads: 0, snoozed: { rooms: 0, unread: 0, unreadMentions: 0 } }
const ready = { me: { id: 'ana' }, rooms: [], more: false, unread, blocks: [] }

let chat: Chat
let asked: string[]

beforeEach(async () => {
  FakeSocket.all = []
  asked = []
  chat = new Chat('http://chat.test', {
    token: () => `head.${claims}.signature`,
    WebSocket: FakeSocket as unknown as SocketClass,
    fetch: async (url) => {
      asked.push(String(url))
      return Response.json({ online: false, away: false, lastSeenAt: SEEN })
    },
  })
  chat.connect()
  await vi.waitFor(() => FakeSocket.last)
  FakeSocket.last.opens()
  FakeSocket.last.says({ ready: { ...ready, online: ['bo'] } })
})

const told = (presence: object) =>
  FakeSocket.last.says({ updates: [{ type: 'presence', userId: 'bo', ...presence }] })

it('somebody comes, is away, and goes: then it is known when', () => {
  expect(chat.inbox.presenceOf('bo')).toBe('online')
  told({ online: true, away: true, lastSeenAt: null })
  expect(chat.inbox.presenceOf('bo')).toBe('away')
  told({ online: false, away: false, lastSeenAt: SEEN })
  expect([chat.inbox.presenceOf('bo'), chat.inbox.lastSeenOf('bo')]).toEqual(['offline', SEEN])
  // It is as true after the connection was lost.
  FakeSocket.last.says({ ready: { ...ready, online: [] } })
  expect([chat.inbox.presenceOf('bo'), chat.inbox.lastSeenOf('bo')]).toEqual(['offline', SEEN])
  FakeSocket.last.says({ ready: { ...ready, online: ['bo'] } })
  expect([chat.inbox.presenceOf('bo'), chat.inbox.lastSeenOf('bo')]).toEqual(['online', null])
})

it('of somebody who has not been there it is asked once, and only of those', async () => {
  await Promise.all(['bo', 'cy', 'cy'].map((userId) => chat.inbox.askPresence(userId)))
  expect(asked).toEqual(['http://chat.test/v1/users/cy/presence'])
  expect(chat.inbox.lastSeenOf('cy')).toBe(SEEN)
})

it('updates, frames and fields that are unknown say nothing', () => {
  FakeSocket.last.says({ updates: [{ type: 'room.painted', roomId: 'r', colour: 'red' }] })
  FakeSocket.last.says({ novelty: { a: 1 } })
  told({ online: true, away: false, lastSeenAt: null, mood: 'fine' })
  expect(chat.inbox.presenceOf('bo')).toBe('online')
  expect(chat.rooms.getSnapshot().state).toBe('complete')
})
