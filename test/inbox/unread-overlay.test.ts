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
  const room = { unread: 3, unreadMentions: 1, isSnoozed: false, isArchived: false }
  expect(totalOf([{ ...room, notify: 'none' }])).toMatchObject({ rooms: 1, unread: 3, badge: 0 })
  expect(totalOf([{ ...room, notify: 'mentions' }]).badge).toBe(1)
  expect(totalOf([{ ...room, notify: 'all' }]).badge).toBe(3)
  expect(totalOf([{ ...room, notify: 'all', isSnoozed: true }])).toMatchObject({
    badge: 0,
    snoozed: { rooms: 1, unread: 3, unreadMentions: 1 },
  })
  expect(totalOf([{ ...room, notify: 'all', isArchived: true }])).toEqual(nothing)
})
