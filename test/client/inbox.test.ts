import { beforeEach, expect, it, vi } from 'vitest'
import { Chat } from '../../src/client/chatroom-client'
import type { SocketClass } from '../../src/client/connection/connection'
import { FakeSocket } from './fixtures/socket'

const NOTHING = { rooms: 0, unread: 0, unreadMentions: 0 }
const NONE = { ...NOTHING, badge: 0, threads: 0, snoozed: NOTHING }
const SEEN = '2026-11-22T20:41:07.000Z'
const counts = { unreadMentions: 0, unreadThreads: 0 }

const room = (id: string, version: number, unread: number, readSeq = 1) => ({
  id,
  name: id,
  t: 9,
  lastMessage: null,
  createdAt: SEEN,
  me: {
    ...counts,
    version,
    readSeq,
    unread,
    notify: 'all',
    snoozedUntil: null,
    archived: false,
  },
})

const told = (type: 'activity' | 'read', version: number, readSeq: number, unread: number) => ({
  ...{ type, roomId: 'a', version, readSeq, unread, ...counts },
  ...(type === 'activity' ? { seq: 100, n: 9, t: 9, lastMessage: null } : {}),
})

const ready = {
  me: { id: 'ana' },
  rooms: [room('a', 5, 5)],
  more: false,
  unread: { ...NONE, rooms: 1, unread: 5, badge: 5 },
  online: [],
  blocks: ['di'],
}

const token = (sub: string) => `head.${btoa(JSON.stringify({ sub, exp: 4_102_444_800 }))}.signature`

const signedIn = (sub: string) => ({
  me: { id: sub },
  deviceToken: 'device',
  session: {
    id: `session of ${sub}`,
    accessToken: token(sub),
    accessExpiresIn: 600,
    refreshToken: 'refresh',
  },
})

let chat: Chat
let answers: Record<string, unknown>

beforeEach(async () => {
  FakeSocket.all = []
  answers = { '/v1/users': signedIn('ana'), '/v1/sessions': signedIn('bo') }
  chat = new Chat('http://chat.test', {
    storage: null,
    backOff: { base: 1, max: 1 },
    WebSocket: FakeSocket as unknown as SocketClass,
    fetch: async (url) => Response.json(answers[new URL(String(url)).pathname] ?? {}),
  })
  chat.connect()
  await vi.waitFor(() => FakeSocket.last)
  FakeSocket.last.opens()
  FakeSocket.last.says({ ready })
})

const says = (...updates: object[]) => FakeSocket.last.says({ updates })

const markersSent = () =>
  FakeSocket.last.sent
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text))
    .filter((command) => command.do === 'read.mark')

/** The connection is another one, and says this first. */
async function reconnect(first: object, change: () => unknown) {
  const before = FakeSocket.last
  await change()
  await vi.waitFor(() => expect(FakeSocket.last).not.toBe(before))
  FakeSocket.last.opens()
  FakeSocket.last.says({ ready: { ...ready, ...first } })
}

async function becomeBo() {
  await chat.logOut()
  await chat.logIn({ username: 'bo', password: 'secret' })
  chat.connect()
}

it('a marker goes out again after a reconnect, until the service has said it', async () => {
  chat.markRead('a', 100)
  await reconnect({}, () => FakeSocket.last.closes(1006))
  expect(markersSent()).toEqual([{ do: 'read.mark', roomId: 'a', seq: 100 }])
  await reconnect({ rooms: [room('a', 6, 0, 100)] }, () => FakeSocket.last.closes(1006))
  expect(markersSent()).toEqual([])
})

it('a marker that an activity confirmed keeps nothing from being read again', () => {
  chat.markRead('a', 100)
  says(told('activity', 6, 100, 0))
  // Another device marks it as unread.
  says(told('read', 7, 50, 3))
  chat.markRead('a', 100)
  expect(markersSent()).toHaveLength(2)
})

it.each([
  ['an activity', told('activity', 6, 100, 0)],
  ['a read marker', told('read', 6, 100, 0)],
  ['a whole room', { type: 'room.updated', room: room('a', 6, 0, 100) }],
  ['the loss of the room', { type: 'room.removed', roomId: 'a', version: 6 }],
])('after %s no reconnect undoes what was marked unread elsewhere', async (_, update) => {
  chat.markRead('a', 100)
  says(update)
  const rooms = [room('a', 8, 3, 50)]
  await reconnect({ rooms }, () => FakeSocket.last.closes(1006))
  expect(markersSent()).toEqual([])
})

it('neither markers nor blocks nor who was there when are those of the next user', async () => {
  chat.markRead('a', 100)
  says({ type: 'presence', userId: 'cy', online: false, away: false, lastSeenAt: SEEN })
  expect(chat.inbox.lastSeenOf('cy')).toBe(SEEN)
  const before = FakeSocket.last
  await becomeBo()
  expect([...chat.inbox.blocks]).toEqual([])
  await vi.waitFor(() => expect(FakeSocket.last).not.toBe(before))
  FakeSocket.last.opens()
  FakeSocket.last.says({ ready: { ...ready, me: { id: 'bo' } } })
  expect(FakeSocket.last.protocols).toContain(`bearer.${token('bo')}`)
  expect(markersSent()).toEqual([])
  expect(chat.inbox.lastSeenOf('cy')).toBe(null)
})

it('a room below the first page that is read on another device leaves the badge', async () => {
  const unread = { ...NONE, rooms: 2, unread: 7, badge: 7 }
  await reconnect({ more: true, unread }, () => FakeSocket.last.closes(1006))
  await vi.waitFor(() => expect(chat.unread.getSnapshot()).toEqual(unread))
  answers['/v1/me/unread'] = ready.unread
  says({ ...told('read', 6, 100, 0), roomId: 'old' })
  await vi.waitFor(() => expect(chat.unread.getSnapshot()).toEqual(ready.unread))
})
