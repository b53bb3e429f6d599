import type { Member } from '../../schemas/members'
import { preferencesAt } from '../../schemas/preferences'
import { iso } from '../../schemas/primitives'
import type { Room, RoomMe } from '../../schemas/rooms'
import { nextPostAt } from '../policy/next-post'
import { capabilitiesOf } from '../policy/permissions'
import type { CachedSettings } from '../state/read-cache'
import { type MemberRecord, toSharedMember } from '../store/members'
import * as mentions from '../store/mentions'
import * as preferences from '../store/preferences'
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
  rules: CachedSettings,
  member: MemberRecord | undefined,
  now: number,
): Room {
  const room = roomView.shared(sql)
  // Rooms know names only; the route adds the profile of the peer.
  return { ...room, peer: null, me: toRoomMe(sql, { rules, member, t: room.t }, now) }
}

/** Someone's own membership; null for a stranger. `t` is the room's. */
export function toRoomMe(
  sql: SqlStorage,
  { rules, member, t }: { rules: CachedSettings; member: MemberRecord | undefined; t: number },
  now: number,
): RoomMe | null {
  if (!member?.role) return null
  const next = nextPostAt(rules, member, now)
  return {
    role: member.role,
    mutedUntil: member.mutedUntil === null ? null : iso(member.mutedUntil),
    nextPostAt: next === null ? null : iso(next),
    capabilities: capabilitiesOf(rules, member, now),
    readSeq: member.readSeq,
    unread: t - member.readT,
    unreadMentions: mentions.countUnread(sql, member.userId, member.readN),
    visitedAt: iso(member.visitedAt),
    sentCount: member.sentCount,
    ...preferencesAt(preferences.read(sql, member.userId), { access: rules.access, t }, now),
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
