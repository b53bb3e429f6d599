import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RoomCounts, withCounts } from '../../src/inbox/unread-overlay'

const nothing = {
  rooms: 0,
  unread: 0,
  unreadMentions: 0,
  badge: 0,
  threads: 2,
  snoozed: { rooms: 0, unread: 0, unreadMentions: 0 },
}
const counts: fc.Arbitrary<RoomCounts> = fc.record({
  unread: fc.nat(9),
  unreadMentions: fc.nat(9),
  unreadThreads: fc.nat(3),
  notify: fc.constantFrom('all', 'mentions', 'none'),
  isSnoozed: fc.boolean(),
  isArchived: fc.boolean(),
})
const totalOf = (rooms: RoomCounts[]) =>
  withCounts(
    nothing,
    rooms.map((after) => ({ before: undefined, after })),
  )

it('replacing the counts of some rooms is the same as counting all anew', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(counts, counts)), (rooms) => {
      const before = totalOf(rooms.map(([first]) => first))
      const changed = rooms.map(([first, then]) => ({ before: first, after: then }))
      expect(withCounts(before, changed)).toEqual(totalOf(rooms.map(([, then]) => then)))
    }),
  )
})

it('counts a muted, a snoozed and an archived room as the directory does', () => {
  const counts = { unread: 3, unreadMentions: 1, unreadThreads: 0 }
  const room = { ...counts, isSnoozed: false, isArchived: false }
  expect(totalOf([{ ...room, notify: 'none' }])).toMatchObject({ rooms: 1, unread: 3, badge: 0 })
  expect(totalOf([{ ...room, notify: 'mentions' }]).badge).toBe(1)
  expect(totalOf([{ ...room, notify: 'all' }]).badge).toBe(3)
  expect(totalOf([{ ...room, notify: 'all', isSnoozed: true }])).toMatchObject({
    badge: 0,
    snoozed: { rooms: 1, unread: 3, unreadMentions: 1 },
  })
  expect(totalOf([{ ...room, notify: 'all', isArchived: true }])).toEqual(nothing)
})

it('counts unread threads wherever they are, as the list of threads does', () => {
  const room = { unread: 0, unreadMentions: 0, unreadThreads: 3, notify: 'none' }
  for (const [isSnoozed, isArchived] of [
    [false, false],
    [true, false],
    [false, true],
  ] as const) {
    expect(totalOf([{ ...room, isSnoozed, isArchived }])).toEqual({ ...nothing, threads: 5 })
  }
})
