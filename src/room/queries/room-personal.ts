import type { Member } from '../../schemas/members'
import { iso } from '../../schemas/primitives'
import type { Room } from '../../schemas/rooms'
import { capabilitiesOf, type RoomRules } from '../policy/permissions'
import { type MemberRecord, toSharedMember } from '../store/members'
import * as mentions from '../store/mentions'
import * as roomView from '../store/room-view'

/** What anyone may see of a listed room that they cannot read. */
export const fromOutside = (sql: SqlStorage): Room => ({
  ...roomView.shared(sql),
  lastMessage: null,
  peer: null,
  me: null,
})

/** The room as one user sees it; `member` is as of now, with what is not written down yet. */
export function fromInside(
  sql: SqlStorage,
  rules: RoomRules,
  member: MemberRecord | undefined,
  now: number,
): Room {
  const room = roomView.shared(sql)
  if (!member?.role) return { ...room, peer: null, me: null }
  return {
    ...room,
    // Rooms know names only; the route adds the profile.
    peer: null,
    me: {
      role: member.role,
      mutedUntil: member.mutedUntil === null ? null : iso(member.mutedUntil),
      capabilities: capabilitiesOf(rules, member, now),
      readSeq: member.readSeq,
      unread: room.t - member.readT,
      unreadMentions: mentions.countUnread(sql, member.userId, member.readN),
      visitedAt: iso(member.visitedAt),
      sentCount: member.sentCount,
    },
  }
}

/** A member as lists show them, and how far they have read where receipts are public. */
export const toMember = (
  member: MemberRecord,
  { online, hasReceipts }: { online: boolean; hasReceipts: boolean },
): Member => ({
  ...toSharedMember(member),
  role: member.role ?? 'member',
  online,
  readSeq: hasReceipts ? member.readSeq : null,
})
