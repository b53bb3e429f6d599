import type { Member } from '../../schemas/members'
import { iso } from '../../schemas/primitives'
import type { Room } from '../../schemas/rooms'
import { capabilitiesOf, type RoomRules } from '../policy/permissions'
import { type Person, toSharedMember } from '../store/members'
import * as mentions from '../store/mentions'
import * as view from '../store/room-view'

/** What anyone may see of a listed room that they cannot read. */
export const fromOutside = (sql: SqlStorage): Room => ({
  ...view.shared(sql),
  lastMessage: null,
  peer: null,
  me: null,
})

/** The room as one person sees it; `person` is as of now, with what is not written down yet. */
export function fromInside(
  sql: SqlStorage,
  rules: RoomRules,
  person: Person | undefined,
  now: number,
): Room {
  const room = view.shared(sql)
  if (!person?.role) return { ...room, peer: null, me: null }
  return {
    ...room,
    // Rooms know names only; the route adds the profile.
    peer: null,
    me: {
      role: person.role,
      mutedUntil: person.mutedUntil === null ? null : iso(person.mutedUntil),
      capabilities: capabilitiesOf(rules, person, now),
      readSeq: person.readSeq,
      unread: room.n - person.readN,
      unreadMentions: mentions.unread(sql, person.userId, person.readN),
      visitedAt: iso(person.visitedAt),
      sentCount: person.sentCount,
    },
  }
}

/** A member as lists show them, and how far they have read where receipts are public. */
export const toMember = (
  person: Person,
  { online, hasReceipts }: { online: boolean; hasReceipts: boolean },
): Member => ({
  ...toSharedMember(person),
  role: person.role ?? 'member',
  online,
  readSeq: hasReceipts ? person.readSeq : null,
})
