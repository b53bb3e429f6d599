import { expect, it, vi } from 'vitest'
import type { Room } from '../../src/client/protocol'
import { RoomList } from '../../src/client/store/room-list'
import { TYPING_MS, Typing } from '../../src/client/store/typing'
import { Unsent } from '../../src/client/store/unsent'
import { ana, bo } from './fixtures/messages'

const NOTHING = { rooms: 0, unread: 0, unreadMentions: 0 }
const NONE = { ...NOTHING, badge: 0, threads: 0, snoozed: NOTHING }

const room = (id: string, version: number, unread = 0, notify = 'all'): Room =>
  ({
    id,
    name: `${id} at ${version}`,
    lastMessage: null,
    createdAt: `2026-11-22T20:41:${10 + id.length}.000Z`,
    me: {
      version,
      readSeq: 1,
      unread,
      unreadMentions: 1,
      unreadThreads: 0,
      notify,
      snoozedUntil: null,
    },
  }) as Room

const activity = (roomId: string, version: number, unread: number) =>
  ({
    type: 'activity',
    roomId,
    version,
    seq: 9,
    n: 9,
    t: 9,
    lastMessage: null,
    readSeq: 1,
    unread,
    unreadMentions: 0,
    unreadThreads: 0,
  }) as const

it('of two values the greater version is kept, whatever came last', () => {
  const list = new RoomList()
  list.put(room('a', 5))
  list.put(room('a', 4))
  expect(list.get('a')?.name).toBe('a at 5')
  list.count(activity('a', 5, 7))
  expect(list.get('a')?.me?.unread).toBe(0)
  list.count(activity('a', 6, 7))
  expect(list.get('a')?.me?.unread).toBe(7)
  list.replace([room('a', 5)], false, NONE)
  expect(list.get('a')?.me?.version).toBe(6)
})

it('a late word does not bring back a room that was left, a new membership does', () => {
  const list = new RoomList()
  list.put(room('a', 5))
  list.remove('a', 8)
  list.put(room('a', 7))
  expect(list.count(activity('a', 7, 1))).toBe(true)
  expect(list.list()).toEqual([])
  list.put(room('a', 9))
  list.remove('a', 8)
  expect(list.list()).toHaveLength(1)
})

it('counts what is unread in its rooms and elsewhere', () => {
  const list = new RoomList()
  const totals = { ...NONE, rooms: 3, unread: 12, unreadMentions: 2, badge: 8 }
  list.replace([room('a', 1, 5), room('bb', 1, 2, 'mentions')], true, totals)
  expect(list.totals()).toEqual(totals)
  list.count(activity('a', 2, 0))
  expect(list.totals()).toEqual({ ...NONE, rooms: 2, unread: 7, unreadMentions: 1, badge: 3 })
  list.addPage([room('ccc', 1, 5)], false)
  expect(list.totals()).toMatchObject({ rooms: 2, unread: 7 })
})

it('says when it does not know the room, so that somebody asks', () => {
  expect(new RoomList().count(activity('a', 1, 1))).toBe(false)
})

it('typing ends by itself after 8 seconds, or when it is told', () => {
  vi.useFakeTimers()
  const typing = new Typing(() => {})
  typing.began(ana)
  typing.began(bo)
  vi.advanceTimersByTime(TYPING_MS - 1)
  typing.began(bo)
  expect(typing.list()).toEqual([ana, bo])
  vi.advanceTimersByTime(1)
  expect(typing.list()).toEqual([bo])
  typing.ended('bo')
  expect(typing.list()).toEqual([])
  vi.useRealTimers()
})

it('a failed message waits for its author and goes out with the same nonce', () => {
  const unsent = new Unsent()
  for (const nonce of ['1', '2']) unsent.add({ text: nonce }, { roomId: 'a', nonce, author: ana })
  unsent.fail('1', new Error('muted'))
  expect(unsent.next()?.nonce).toBe('2')
  unsent.retry('1')
  expect(unsent.next()).toMatchObject({ nonce: '1', status: 'pending', problem: null })
  unsent.remove('1')
  expect(unsent.list().map(({ nonce }) => nonce)).toEqual(['2'])
})

it('counts a room as the service does: archived ones not, mentions in threads for the badge, too', () => {
  const list = new RoomList()
  const preferring = (me: object): Room => {
    const known = room('a', 5, 2)
    return { ...known, t: 9, me: { ...known.me, archived: false, ...me } } as Room
  }
  list.put(preferring({ unreadMentions: 3 }))
  expect(list.totals()).toMatchObject({ unread: 2, unreadMentions: 3, badge: 3 })
  list.put(preferring({ version: 6, archived: true }))
  expect(list.totals()).toEqual(NONE)
  // A marker leaves it away, a message brings it back, but not while it is snoozed.
  list.count({ ...activity('a', 7, 2), t: 9 })
  expect(list.totals()).toEqual(NONE)
  list.count({ ...activity('a', 8, 3), t: 10 })
  expect(list.totals()).toMatchObject({ rooms: 1, unread: 3 })
  const snoozedUntil = new Date(Date.now() + 60_000).toISOString()
  list.put(preferring({ version: 9, archived: true, snoozedUntil }))
  list.count({ ...activity('a', 10, 4), t: 11 })
  expect(list.get('a')?.me?.archived).toBe(true)
})

it('counts snoozed rooms apart, and threads wherever they are', () => {
  const list = new RoomList()
  const snoozed = { rooms: 1, unread: 2, unreadMentions: 1 }
  const snoozedUntil = new Date(Date.now() + 60_000).toISOString()
  const known = room('a', 5, 2)
  const preferring = (me: object) => ({ ...known, me: { ...known.me, ...me } }) as Room
  list.replace([preferring({ snoozedUntil, unreadThreads: 2 })], true, {
    ...NONE,
    threads: 5,
    snoozed: { ...snoozed, unread: 9 },
  })
  expect(list.totals()).toEqual({ ...NONE, threads: 5, snoozed: { ...snoozed, unread: 9 } })
  list.count({ ...activity('a', 6, 4), unreadThreads: 1 })
  expect(list.totals()).toMatchObject({ unread: 0, threads: 4, snoozed: { unread: 11 } })
  list.put(preferring({ version: 7, archived: true, unreadThreads: 3 }))
  expect(list.totals()).toMatchObject({ threads: 6, snoozed: { unread: 7 } })
})

it('counts no room twice: neither older ones after a reconnect, nor one that comes from elsewhere', () => {
  const list = new RoomList()
  const totals = { ...NONE, rooms: 2, unread: 7, unreadMentions: 2, badge: 7 }
  list.replace([room('aa', 1, 5)], true, totals)
  list.addPage([room('aa', 1, 5), room('a', 1, 2)], false)
  list.replace([room('aa', 1, 5)], true, totals)
  expect(list.list()).toHaveLength(2)
  expect(list.totals()).toEqual(totals)
  const other = new RoomList()
  other.replace([room('aa', 1, 5)], true, totals)
  other.put(room('a', 2, 2))
  expect(other.totals()).toEqual(totals)
})

it('a room that was left meanwhile is gone, even when there are more rooms below the first page', () => {
  const list = new RoomList()
  list.replace([room('ccc', 1), room('bb', 1)], true, NONE)
  list.addPage([room('a', 1)], false)
  list.replace([room('bb', 1)], true, NONE)
  expect(list.list().map(({ id }) => id)).toEqual(['bb', 'a'])
})

it('takes a whole room at the version that an update told the counts of', () => {
  const list = new RoomList()
  list.put(room('a', 5))
  list.count(activity('a', 6, 7))
  list.put({ ...room('a', 6, 7), memberCount: 3 })
  expect(list.get('a')).toMatchObject({ name: 'a at 6', memberCount: 3 })
  list.remove('a', 7)
  list.put(room('a', 7))
  expect(list.list()).toEqual([])
})

it('reads the totals when a room comes or goes that may be of elsewhere, and once more for what came meanwhile', async () => {
  const answers: ((totals: typeof NONE) => void)[] = []
  const request = () => new Promise<typeof NONE>((resolve) => answers.push(resolve))
  const changed = vi.fn()
  const list = new RoomList({ request, changed })
  // A room's socket may be ready before the first screen, which brings the totals.
  list.put(room('a', 1, 2))
  expect(answers).toHaveLength(0)
  list.replace([room('bb', 1, 5)], true, { ...NONE, unread: 9 })
  for (const id of ['c', 'd', 'e']) list.remove(id, 4)
  expect(answers).toHaveLength(1)
  answers[0]?.({ ...NONE, unread: 8 })
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  answers[1]?.({ ...NONE, unread: 6 })
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2))
  expect(list.totals().unread).toBe(7)
  // What was on its way for one user is not another's.
  list.remove('f', 4)
  list.clear()
  answers[2]?.({ ...NONE, unread: 8 })
  await Promise.resolve()
  expect(list.totals()).toEqual(NONE)
})
