import { beforeEach, expect, it } from 'vitest'
import type { Event, Message, Ready } from '../../src/client/protocol'
import { RoomLog } from '../../src/client/store/room-log'
import { Users } from '../../src/client/store/users'
import { ana, bo, message, posted, reacted, snapshot } from './fixtures/messages'

let users: Users
let log: RoomLog

const ready = (more: Partial<Ready>): Ready => ({
  seq: 0,
  room: snapshot(0, []).room,
  me: null,
  online: { count: 0, users: [] },
  resumed: true,
  ...more,
})
const texts = () => log.messages.list().map(({ text }) => text)

beforeEach(() => {
  users = new Users()
  log = new RoomLog(users, () => 'bo')
  log.begin(ready({ seq: 1, resumed: 'limited', snapshot: snapshot(1, [message(1)]) }))
})

it('applies events in order, and each once', () => {
  expect(log.apply(posted(2))).toBe(true)
  expect(log.apply(posted(3))).toBe(true)
  expect(log.apply(posted(2, { text: 'again' }))).toBe(true)
  expect(texts()).toEqual(['text 1', 'text 2', 'text 3'])
  expect(log.after).toBe(3)
})

it('refuses an event when one before it is missing, and stays where it was', () => {
  expect(log.apply(posted(3))).toBe(false)
  expect(texts()).toEqual(['text 1'])
  expect(log.after).toBe(1)
})

it('counts an event that it does not know', () => {
  expect(log.apply({ type: 'poll.opened', seq: 2 } as unknown as Event)).toBe(true)
  expect(log.apply(posted(3))).toBe(true)
})

it('is complete at the seq that the room was at', () => {
  expect([log.isComplete(1), log.isComplete(2), log.isComplete(undefined)]).toEqual([
    true,
    false,
    false,
  ])
})

it('knows which reactions are mine, though no event says so', () => {
  log.apply(reacted(2, { userId: 'ana' }))
  expect(log.messages.get(1)?.reactions).toEqual([{ emoji: '👍', count: 1, me: false }])
  log.apply(reacted(3, { userId: 'bo', count: 2 }))
  log.apply({
    type: 'message.edited',
    seq: 4,
    at: '',
    by: 'ana',
    messageSeq: 1,
    message: message(1, { text: 'new', reactions: [{ emoji: '👍', count: 2 }] }),
  })
  expect(log.messages.get(1)).toMatchObject({ text: 'new', reactions: [{ count: 2, me: true }] })
  log.apply(reacted(5, { type: 'reaction.removed', userId: 'bo', count: 1 }))
  expect(log.messages.get(1)?.reactions).toEqual([{ emoji: '👍', count: 1, me: false }])
})

it('brings a page of history up to what happened while it was read', async () => {
  let answer: (page: { items: Message[]; older: null }) => void = () => {}
  log.begin(ready({ resumed: 'limited', snapshot: snapshot(9, [message(9)]) }))
  const loading = log.loadOlder((before) => {
    expect(before).toBe(9)
    return new Promise((resolve) => {
      answer = resolve
    })
  })
  log.apply(reacted(10, { userId: 'bo' }))
  answer({ items: [{ ...message(1), reactions: [] }], older: null })
  await loading
  expect(log.messages.get(1)?.reactions).toEqual([{ emoji: '👍', count: 1, me: true }])
  expect(log.hasOlder).toBe(false)
})

it('drops a page that was asked for before a snapshot came', async () => {
  const loading = log.loadOlder(async () => {
    log.begin(ready({ resumed: 'limited', snapshot: snapshot(90, [message(90)]) }))
    return { items: [{ ...message(1), reactions: [] }], older: null }
  })
  await loading
  expect(texts()).toEqual(['text 90'])
  expect(log.hasOlder).toBe(true)
})

it('leaves nothing of what was erased', () => {
  log.apply(posted(2, { author: bo }))
  log.apply({
    type: 'messages.erased',
    seq: 3,
    at: 'then',
    by: 'ana',
    authorId: ana.id,
    from: 1,
    to: 2,
  })
  expect(log.messages.get(1)).toMatchObject({ text: null, deletedAt: 'then' })
  expect(log.messages.get(2)?.text).toBe('text 2')
})

it('keeps a thread apart, with its root', () => {
  const thread = log.thread(1)
  thread.addShared([message(1)])
  log.apply(posted(2, { replyTo: 1 }))
  log.apply(posted(3))
  expect(thread.list().map(({ seq }) => seq)).toEqual([1, 2])
})

it('ends when I am removed, not when somebody else is', () => {
  const removed = (seq: number, user: typeof bo) =>
    ({ type: 'member.removed', seq, at: '', by: 'ana', memberCount: 1, member: { user } }) as Event
  log.apply(removed(2, ana))
  expect(log.ending).toBeNull()
  log.apply(removed(3, bo))
  expect(log.ending).toBe('removed')
})

it('shows the name that somebody has now', () => {
  const renamed = { ...ana, displayName: 'Ana López' }
  log.apply({
    type: 'member.changed',
    seq: 2,
    at: '',
    by: 'ana',
    memberCount: 1,
    member: { user: renamed },
  } as Event)
  expect(users.current(message(1).author).displayName).toBe('Ana López')
})
